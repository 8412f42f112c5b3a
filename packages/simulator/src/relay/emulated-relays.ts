import type { Clock, Random } from '@perista/core';
import type { PumpTruth } from '../board/emulated-board.ts';
import { COUNTS_PER_REV } from '../pump/motor.ts';
import { PumpHead } from '../pump/pump-head.ts';
import { PumpMeter } from '../pump/pump-meter.ts';
import type { EmulatedRelayPump } from './emulated-relay-pump.ts';

export interface EmulatedRelaysOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Channels 1, 2, 3 … in this order. */
  readonly pumps: readonly EmulatedRelayPump[];
}

interface RelayPumpBody {
  readonly countsPerMs: number;
  readonly meter: PumpMeter;
}

/**
 * Relays on the lines of a board whose kernel keeps outputs as last driven, whatever becomes of who drove them, and the
 * pumps that they turn on.
 */
export class EmulatedRelays {
  readonly #clock: Clock;
  readonly #bodies: readonly RelayPumpBody[];
  #on: { readonly channel: number; readonly meteredMs: number } | null = null;

  constructor({ clock, random, pumps }: EmulatedRelaysOptions) {
    this.#clock = clock;
    this.#bodies = pumps.map(({ rpm, seed, head }) => ({
      countsPerMs: (rpm * COUNTS_PER_REV) / 60_000,
      meter: new PumpMeter(new PumpHead(seed, head), clock, random),
    }));
  }

  get channels(): number {
    return this.#bodies.length;
  }

  /** The relay that is on, or null. */
  get driven(): number | null {
    return this.#on?.channel ?? null;
  }

  /** One write of all lines: `channel` 1 … `channels` on and no other, or none. */
  drive(channel: number | null): void {
    if (channel === this.driven) return;
    this.#turn();
    this.#on = channel === null ? null : { channel, meteredMs: this.#clock.monotonicMs() };
  }

  truth(channel: number): PumpTruth {
    this.#turn();
    const { trueMl, revolutions, turnedMs, motions } = this.#body(channel).meter.state;
    return { trueMl, revolutions, turnedMs, moving: this.driven === channel, motions };
  }

  /** Takes account of what the pump that is on has turned by now. */
  #turn(): void {
    if (this.#on === null) return;
    const { channel, meteredMs } = this.#on;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs === meteredMs) return;
    const { countsPerMs, meter } = this.#body(channel);
    const fromCounts = meter.state.revolutions * COUNTS_PER_REV;
    meter.turn(fromCounts, fromCounts + (nowMs - meteredMs) * countsPerMs, meteredMs, nowMs);
    this.#on = { channel, meteredMs: nowMs };
  }

  #body(channel: number): RelayPumpBody {
    const body = this.#bodies[channel - 1];
    if (body === undefined) throw new RangeError(`There is no relay ${channel}`);
    return body;
  }
}
