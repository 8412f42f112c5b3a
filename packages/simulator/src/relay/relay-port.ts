import { RequestPort } from '../line/request-port.ts';

/** Relays that take one write of all lines at a time. */
export interface DrivenRelays {
  readonly channels: number;
  /** The one that was driven last, or null. */
  readonly driven: number | null;
  drive(channel: number | null): void;
}

/**
 * The lines of emulated relays as a byte pipe in place of GPIO: `drive 3` or `drive 0`, answered by `driven 3 of 6` or
 * `driven 0 of 6`. Anything else is answered by `no` and changes nothing.
 */
export const relayPort = (relays: DrivenRelays): RequestPort =>
  new RequestPort((request) => {
    const { channels } = relays;
    const [, channel] = /^drive (\d{1,2})$/.exec(request) ?? [];
    if (channel === undefined || Number(channel) > channels) return 'no';
    relays.drive(Number(channel) || null);
    return `driven ${relays.driven ?? 0} of ${channels}`;
  });
