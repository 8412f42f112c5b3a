/** No clock that shows another year is believed (P20). */
const FIRST_MS = Date.UTC(2024, 0);
const END_MS = Date.UTC(2100, 0);
/** Set by a hair, as time servers do. */
const STEP_BACK_MS = 2_000;

export const isPlausible = (wallMs: number): boolean => wallMs >= FIRST_MS && wallMs < END_MS;

/** What a machine knows of its clock. */
export interface MachineTime {
  /** Another one each time it starts. */
  readonly bootId: string;
  readonly isSynchronised: boolean;
}

/** Whether the calendar may go by the clock, by what stands in the books and by what the machine truly knows. */
export class TimeTrust {
  highWaterMs = 0;
  #accepted: { readonly bootId: string; readonly markMs: number } | null = null;
  readonly #machine: () => MachineTime;

  constructor(machine: () => MachineTime) {
    this.#machine = machine;
  }

  isTrusted(wallMs: number): boolean {
    const { bootId, isSynchronised } = this.#machine();
    const isVouchedFor = isSynchronised || this.#accepted?.bootId === bootId;
    return isVouchedFor && isPlausible(wallMs) && wallMs >= this.markMs - STEP_BACK_MS;
  }

  /** The latest that it can be by now, whatever the clock shows. */
  latestMs(wallMs: number): number {
    return isPlausible(wallMs) ? Math.max(wallMs, this.markMs) : this.markMs;
  }

  /** Whether it is news that somebody vouches for the time, and not only later than before. */
  accept(bootId: string, markMs: number): boolean {
    const before = this.#accepted;
    this.#accepted = { bootId, markMs };
    return before === null || before.bootId !== bootId || markMs < before.markMs;
  }

  /** The books were replaced. */
  startOver(): void {
    this.highWaterMs = 0;
    this.#accepted = null;
  }

  /** The latest time that was shown, or since somebody vouched for it. */
  get markMs(): number {
    return this.#accepted?.markMs ?? this.highWaterMs;
  }
}
