/**
 * The agent link at the level of frames: one side's end of a pipe that may lose, delay or repeat whole frames but never
 * cuts them. Envelope, checksum, deadline and correlation are the business of whoever holds the port.
 */
export interface Frames {
  /** Hands a frame over without waiting; false when it cannot be sent now (nothing is queued for a dead peer). */
  send(frame: Uint8Array): boolean;
  onFrame(listener: (frame: Uint8Array) => void): void;
  close(): Promise<void>;
}

/** The agent's end: frames come from a peer and answers go back to it. */
export interface PeerFrames {
  send(peer: string, frame: Uint8Array): boolean;
  onFrame(listener: (peer: string, frame: Uint8Array) => void): void;
  close(): Promise<void>;
}
