import type { Cancel, Clock } from '@perista/core';
import { z } from 'zod';
import type { EmulatedBoard } from '../board/emulated-board.ts';
import { EmulatedInputs } from '../inputs/emulated-inputs.ts';
import { FAULT_NAMES, FAULTS, type FaultName } from './faults.ts';

/** A fault in force; instants are wall time, ms. */
export const ActiveFault = z.strictObject({
  pump: z.string(),
  fault: z.enum(FAULT_NAMES),
  value: z.number().nullable(),
  sinceMs: z.number(),
  /** null: until it is lifted. */
  untilMs: z.number().nullable(),
});
export type ActiveFault = z.infer<typeof ActiveFault>;

export interface FaultOrder {
  readonly pump: string;
  readonly fault: FaultName;
  readonly value: number | null;
  readonly forS: number | null;
}

/** Applies faults to boards and lifts them when their time is over. One fault of a kind per pump: the newest counts. */
export class FaultDesk {
  readonly #boards: ReadonlyMap<string, EmulatedBoard>;
  readonly #inputs: EmulatedInputs;
  readonly #clock: Clock;
  readonly #active = new Map<string, { readonly fault: ActiveFault; readonly cancel: Cancel }>();

  constructor(
    boards: ReadonlyMap<string, EmulatedBoard>,
    clock: Clock,
    inputs = new EmulatedInputs([...boards.keys()]),
  ) {
    this.#boards = boards;
    this.#inputs = inputs;
    this.#clock = clock;
  }

  list(): ActiveFault[] {
    return [...this.#active.values()].map(({ fault }) => fault);
  }

  impose({ pump, fault, value, forS }: FaultOrder): ActiveFault {
    const sinceMs = this.#clock.wallMs();
    const active = { pump, fault, value, sinceMs, untilMs: forS === null ? null : sinceMs + forS * 1000 };
    if (!FAULTS[fault].momentary) this.#watch(active);
    this.#apply(active);
    return active;
  }

  liftAll(): void {
    for (const { fault } of [...this.#active.values()]) this.#lift(fault);
  }

  /**
   * Takes up the faults of an earlier process. `resumeBoards` runs after they are applied and before any is lifted, so
   * that boards carry on where they were, and a stall that is over by now lets its shaft go now.
   */
  resume(faults: readonly ActiveFault[], resumeBoards: () => void): void {
    const known = faults.filter(({ pump }) => this.#boards.has(pump));
    for (const fault of known) this.#apply(fault);
    resumeBoards();
    for (const fault of known) this.#watch(fault);
  }

  /** Forgets the timers, leaving the boards as they are. */
  stop(): void {
    for (const { cancel } of this.#active.values()) cancel();
  }

  #apply({ pump, fault, value }: ActiveFault): void {
    const board = this.#boards.get(pump);
    if (board !== undefined) FAULTS[fault].apply(board, value ?? 0, { all: this.#inputs, pump });
  }

  #watch(fault: ActiveFault): void {
    this.#active.get(keyOf(fault))?.cancel();
    const leftMs = fault.untilMs === null ? null : Math.max(0, fault.untilMs - this.#clock.wallMs());
    const cancel = leftMs === null ? () => {} : this.#clock.after(leftMs, () => this.#lift(fault));
    this.#active.set(keyOf(fault), { fault, cancel });
  }

  #lift(fault: ActiveFault): void {
    this.#active.get(keyOf(fault))?.cancel();
    this.#active.delete(keyOf(fault));
    const board = this.#boards.get(fault.pump);
    if (board !== undefined) FAULTS[fault.fault].lift(board, { all: this.#inputs, pump: fault.pump });
  }
}

const keyOf = ({ pump, fault }: ActiveFault) => `${pump} ${fault}`;
