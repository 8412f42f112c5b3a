/** The lines behind a relay bank. They stay as last driven, so only the guard, which lets nothing stay on, holds them. */
export interface RelayLines {
  /** Channels are 1 … `channels`. */
  readonly channels: number;
  /**
   * Drives `channel` and no other line, or none, in one write. Writes take effect in the order of the calls; resolves when
   * driven. Rejects with PeristaError E110 once the lines are lost.
   */
  write(channel: number | null): Promise<void>;
  /** Gives the lines back, as last driven. */
  close(): Promise<void>;
}

/** Takes the lines, exclusively, with none driven; rejects with PeristaError E110. */
export type OpenRelayLines = () => Promise<RelayLines>;
