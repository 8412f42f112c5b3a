import type { Clock } from '@perista/core';

/** A time for which a relay was on; instants are wall time, ms. */
export interface OnTime {
  readonly startedAtMs: number;
  /** null while it is on. */
  readonly endedAtMs: number | null;
}

export interface RelayTruth {
  /** In all, ms. */
  readonly onMs: number;
  readonly isOn: boolean;
  /** The newest last. */
  readonly onTimes: readonly OnTime[];
}

/** So many are kept of each relay. */
const MOST_ON_TIMES = 100;

/** Relays on the lines of a board whose kernel keeps outputs as last driven, whatever becomes of who drove them. */
export class EmulatedRelays {
  readonly channels: number;
  readonly #clock: Clock;
  readonly #truths: RelayTruth[];
  #on: { readonly channel: number; readonly sinceMs: number } | null = null;

  constructor(clock: Clock, channels: number) {
    this.#clock = clock;
    this.channels = channels;
    this.#truths = Array.from({ length: channels }, () => ({ onMs: 0, isOn: false, onTimes: [] }));
  }

  /** The relay that is on, or null. */
  get driven(): number | null {
    return this.#on?.channel ?? null;
  }

  /** One write of all lines: `channel` 1 … `channels` on and no other, or none. */
  drive(channel: number | null): void {
    if (channel === this.driven) return;
    const endedAtMs = this.#clock.wallMs();
    if (this.#on !== null) {
      const { onMs, onTimes } = this.truth(this.#on.channel);
      const ended = onTimes.map((time) => (time.endedAtMs === null ? { ...time, endedAtMs } : time));
      this.#truths[this.#on.channel - 1] = { onMs, isOn: false, onTimes: ended };
    }
    this.#on = channel === null ? null : { channel, sinceMs: this.#clock.monotonicMs() };
    if (channel === null) return;
    const { onMs, onTimes } = this.truth(channel);
    const begun = { startedAtMs: endedAtMs, endedAtMs: null };
    this.#truths[channel - 1] = { onMs, isOn: true, onTimes: [...onTimes.slice(1 - MOST_ON_TIMES), begun] };
  }

  truth(channel: number): RelayTruth {
    const truth = this.#truths[channel - 1];
    if (truth === undefined) throw new RangeError(`There is no relay ${channel}`);
    if (this.#on?.channel !== channel) return truth;
    return { ...truth, onMs: truth.onMs + this.#clock.monotonicMs() - this.#on.sinceMs };
  }
}
