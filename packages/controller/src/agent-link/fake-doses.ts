import { type Cancel, type Clock, type ErrorCode, RELAY_PULSES_PER_REV } from '@perista/core';
import { Direction, type DoseProgress, EndCause, type EventKind, type StartDose } from '@perista/protocol/link';

type DoseEnded = Extract<EventKind, { case: 'doseEnded' }>['value'];

/** What became of a dose that is over. */
export type FakeRecord = DoseEnded & Readonly<Record<'doseId' | 'pumpId' | 'faultCode', string>>;

/** What a dose breaks down with, after so much. */
export interface Breakdown {
  readonly ml: number;
  readonly code: ErrorCode;
}

interface RunningDose {
  readonly order: StartDose;
  readonly totalMl: number;
  readonly startedMs: number;
  readonly breakdown: Breakdown | null;
  readonly cancelEnd: Cancel;
  cancelLease: Cancel;
}

const STEPPER_PULSES_PER_REV = 200 * 16;
/** By their names, as a first start gives them. */
const pulsesPerRev = (pumpId: string) => (pumpId.startsWith('relay-') ? RELAY_PULSES_PER_REV : STEPPER_PULSES_PER_REV);

/** The doses of a fake agent. Each gives what was ordered, evenly over its time; what it gave is the truth. */
export class FakeDoses {
  /** Volume given by each dose, and how often each was begun. */
  readonly givenMl = new Map<string, number>();
  readonly motions = new Map<string, number>();
  /** When each of them ended, on the clock that stands for true time. */
  readonly ends: { readonly doseId: string; readonly pumpId: string; readonly endMs: number }[] = [];
  readonly #clock: Clock;
  readonly #onEnd: (record: FakeRecord) => void;
  readonly #running = new Map<string, RunningDose>();
  readonly #records = new Map<string, FakeRecord>();

  constructor(clock: Clock, onEnd: (record: FakeRecord) => void) {
    this.#clock = clock;
    this.#onEnd = onEnd;
  }

  get running(): string[] {
    return [...this.#running.keys()];
  }

  get runningPumps(): ReadonlySet<string> {
    return new Set(Array.from(this.#running.values(), ({ order }) => order.pumpId));
  }

  get records(): FakeRecord[] {
    return [...this.#records.values()];
  }

  /** Loses what is recorded of doses that are over. */
  forget(): void {
    this.#records.clear();
  }

  begin(order: StartDose, breakdown: Breakdown | null): void {
    const { doseId } = order;
    const totalMl = ((order.motion?.pulses ?? 0) / pulsesPerRev(order.pumpId)) * order.mlPerRev;
    const durationMs = order.motion?.durationMs ?? 0;
    const endsInMs = breakdown === null ? durationMs : (breakdown.ml / totalMl) * durationMs;
    this.motions.set(doseId, (this.motions.get(doseId) ?? 0) + 1);
    this.#running.set(doseId, {
      order,
      totalMl,
      startedMs: this.#clock.monotonicMs(),
      breakdown,
      cancelEnd: this.#clock.after(endsInMs, () =>
        this.end(doseId, breakdown === null ? EndCause.TARGET : EndCause.FAULT),
      ),
      cancelLease: () => {},
    });
    this.renew(doseId, order.leaseMs);
  }

  renew(doseId: string, leaseMs: number): void {
    const dose = this.#running.get(doseId);
    if (dose === undefined) return;
    dose.cancelLease();
    dose.cancelLease = this.#clock.after(leaseMs, () => this.end(doseId, EndCause.LEASE_LOST));
  }

  end(doseId: string, cause: EndCause): void {
    const dose = this.#running.get(doseId);
    if (dose === undefined) return;
    dose.cancelEnd();
    dose.cancelLease();
    const ml = cause === EndCause.TARGET ? dose.totalMl : this.#soFarMl(dose);
    const { pumpId, isCalibrated, motion } = dose.order;
    const endMs = this.#clock.monotonicMs();
    const faultCode = cause === EndCause.FAULT ? (dose.breakdown?.code ?? '') : '';
    const ended = { doseId, pumpId, cause, loMl: ml, hiMl: ml, faultCode, faultMessage: 'it broke', isCalibrated };
    const record = {
      ...ended,
      durationMs: endMs - dose.startedMs,
      direction: motion?.direction ?? Direction.FORWARD,
    };
    this.#running.delete(doseId);
    this.givenMl.set(doseId, ml);
    this.ends.push({ doseId, pumpId, endMs });
    this.#records.set(doseId, record);
    this.#onEnd(record);
  }

  endAll(cause: EndCause): void {
    for (const doseId of this.running) this.end(doseId, cause);
  }

  /** Ends that of one pump: whichever it is, or only `doseId`. */
  endOfPump(pumpId: string, doseId: string): void {
    for (const [id, { order }] of this.#running) {
      if (order.pumpId === pumpId && (doseId === '' || doseId === id)) this.end(id, EndCause.STOP);
    }
  }

  /** What a dose has given by now, ml. */
  givenUntilNowMl(doseId: string): number {
    const running = this.#running.get(doseId);
    return running === undefined ? (this.givenMl.get(doseId) ?? 0) : this.#soFarMl(running);
  }

  known(doseId: string) {
    if (this.#running.has(doseId)) return { case: 'running' as const, value: this.progress(doseId) };
    const record = this.#records.get(doseId);
    return record === undefined ? null : { case: 'record' as const, value: record };
  }

  progress(doseId: string): Omit<DoseProgress, '$typeName' | '$unknown'> {
    const dose = this.#running.get(doseId);
    const elapsedS = dose === undefined ? 0 : (this.#clock.monotonicMs() - dose.startedMs) / 1000;
    const remainingS = (dose?.order.motion?.durationMs ?? 0) / 1000 - elapsedS;
    const deliveredMl = dose === undefined ? 0 : this.#soFarMl(dose);
    return { doseId, pumpId: dose?.order.pumpId ?? '', deliveredMl, remainingS, elapsedS };
  }

  #soFarMl({ startedMs, order, totalMl, breakdown }: RunningDose): number {
    const part = (this.#clock.monotonicMs() - startedMs) / (order.motion?.durationMs ?? 1);
    return Math.min(totalMl * Math.min(1, part), breakdown?.ml ?? totalMl);
  }
}
