import type { Clock } from '@perista/core';

/**
 * The relays of a unit as matter: lines that stay as last driven, whatever becomes of who drove them, and how long each
 * relay was truly on.
 */
export class RelayPlant {
  readonly channels: number;
  readonly #clock: Clock;
  readonly #onChange: (channels: readonly number[]) => void;
  readonly #onMs: number[];
  readonly #sinceMs: (number | null)[];
  #mask = 0;
  #supplies = 1;

  /** `onChange` hears which relays are on whenever that has changed. */
  constructor(clock: Clock, channels: number, onChange: (channels: readonly number[]) => void) {
    this.#clock = clock;
    this.channels = channels;
    this.#onChange = onChange;
    this.#onMs = Array.from({ length: channels }, () => 0);
    this.#sinceMs = this.#onMs.map(() => null);
  }

  /** Bit 0 is relay 1. */
  get mask(): number {
    return this.#mask;
  }

  /** Which time the box has its supply: what was on its way when that failed arrives no more. */
  get supply(): number {
    return this.#supplies;
  }

  /** Without a supply no relay is on. */
  losePower(): void {
    this.#supplies++;
    this.write(0);
  }

  /** One write of all lines. */
  write(mask: number): void {
    if (mask === this.#mask) return;
    const nowMs = this.#clock.monotonicMs();
    for (let index = 0; index < this.channels; index++) {
      const isOn = (mask & (1 << index)) !== 0;
      const sinceMs = this.#sinceMs[index] ?? null;
      if (isOn === (sinceMs !== null)) continue;
      if (sinceMs !== null) this.#onMs[index] = (this.#onMs[index] ?? 0) + nowMs - sinceMs;
      this.#sinceMs[index] = isOn ? nowMs : null;
    }
    this.#mask = mask;
    this.#onChange(
      Array.from({ length: this.channels }, (_, index) => index + 1).filter((channel) => this.isOn(channel)),
    );
  }

  isOn(channel: number): boolean {
    return (this.#mask & (1 << (channel - 1))) !== 0;
  }

  /** How long it was on in all, ms. */
  onMs(channel: number): number {
    const sinceMs = this.#sinceMs[channel - 1] ?? null;
    const runningMs = sinceMs === null ? 0 : this.#clock.monotonicMs() - sinceMs;
    return (this.#onMs[channel - 1] ?? 0) + runningMs;
  }
}
