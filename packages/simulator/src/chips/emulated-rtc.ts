import type { Clock } from '@perista/core';
import { decodeTime, encodeTime, TIME_BYTES } from '@perista/drivers';
import { FakeDs3231m } from '@perista/drivers/chips';
import { z } from 'zod';
import type { EmulatedChip } from './i2c-port.ts';

const STATUS = 0x0f;
/** Status, OSF: it lost its supply since it was set. */
const OSCILLATOR_STOPPED = 0x80;
/** What a clock shows that has just got supply. */
const POWER_ON_S = Date.UTC(2000, 0, 1) / 1000;

/** What it keeps by its battery. */
export const RtcState = z.strictObject({
  /** Its time is so much later than that of this machine, s. */
  offsetS: z.number(),
  stopped: z.boolean(),
  answers: z.boolean(),
});
export type RtcState = z.infer<typeof RtcState>;

const NEW: RtcState = { offsetS: 0, stopped: false, answers: true };

/** A DS3231M whose battery lasts until somebody takes it out. */
export class EmulatedRtc implements EmulatedChip {
  readonly #chip = new FakeDs3231m();
  readonly #clock: Clock;
  readonly #onChange: () => void;
  #state = NEW;
  #shownS = POWER_ON_S;

  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  get state(): RtcState {
    return this.#state;
  }

  get answers(): boolean {
    return this.#state.answers;
  }

  /** Epoch seconds that it shows. */
  get utcS(): number {
    return Math.floor(this.#clock.wallMs() / 1000 + this.#state.offsetS);
  }

  resume(state: RtcState): void {
    this.#state = state;
  }

  /** The battery is taken out and put back: its time is lost, and it says so. */
  loseBattery(): void {
    this.#change({ stopped: true, offsetS: POWER_ON_S - this.#clock.wallMs() / 1000 });
  }

  /** Shows the time of this machine and `byS` more. */
  set(byS: number): void {
    this.#change({ stopped: false, offsetS: byS });
  }

  setAnswers(answers: boolean): void {
    this.#change({ answers });
  }

  start(): void {
    const { registers } = this.#chip;
    this.#shownS = this.utcS;
    registers.set(encodeTime(this.#shownS));
    const status = (registers[STATUS] as number) & ~OSCILLATOR_STOPPED;
    registers[STATUS] = this.#state.stopped ? status | OSCILLATOR_STOPPED : status;
    this.#chip.start();
  }

  take(byte: number): boolean {
    return this.#chip.take(byte);
  }

  give(): number {
    return this.#chip.give();
  }

  stop(): void {
    const { registers } = this.#chip;
    const stopped = ((registers[STATUS] as number) & OSCILLATOR_STOPPED) !== 0;
    const setS = decodeTime(registers.subarray(0, TIME_BYTES));
    if (setS !== null && setS !== this.#shownS) this.#change({ offsetS: setS - this.#clock.wallMs() / 1000 });
    if (stopped !== this.#state.stopped) this.#change({ stopped });
  }

  #change(change: Partial<RtcState>): void {
    this.#state = { ...this.#state, ...change };
    this.#onChange();
  }
}
