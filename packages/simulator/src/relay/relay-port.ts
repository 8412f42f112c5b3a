import type { ByteLine } from '../line/tcp-line.ts';
import type { EmulatedRelays } from './emulated-relays.ts';

/** Longer than any request. */
const LONGEST_REQUEST = 16;

/**
 * The lines of emulated relays as a byte pipe in place of GPIO: `drive 3` or `drive 0`, answered by `driven 3 of 6` or
 * `driven 0 of 6`. Anything else is answered by `no` and changes nothing.
 */
export class RelayPort implements ByteLine {
  readonly #relays: EmulatedRelays;
  #rest = '';
  #tell: (bytes: Uint8Array) => void = () => {};

  constructor(relays: EmulatedRelays) {
    this.#relays = relays;
  }

  onData(tell: (bytes: Uint8Array) => void): void {
    this.#tell = tell;
  }

  write(bytes: Uint8Array): void {
    const lines = (this.#rest + Buffer.from(bytes).toString('latin1')).split('\n');
    this.#rest = (lines.pop() ?? '').slice(0, LONGEST_REQUEST);
    for (const line of lines) this.#tell(Buffer.from(`${this.#answer(line)}\n`));
  }

  #answer(line: string): string {
    const { channels } = this.#relays;
    const [, channel] = /^drive (\d{1,2})$/.exec(line) ?? [];
    if (channel === undefined || Number(channel) > channels) return 'no';
    this.#relays.drive(Number(channel) || null);
    return `driven ${this.#relays.driven ?? 0} of ${channels}`;
  }
}
