import { type Asking, type DueTime, dueOnDay } from './calendar/due-times.ts';
import type { DueSlot } from './slot-book.ts';

/** What a schedule asks of a pump, as it stands in the books. */
export interface ScheduleInForce extends Asking {
  readonly scheduleId: string;
  readonly pumpId: string;
  readonly isEnabled: boolean;
  readonly toleranceS: number;
  readonly missedPolicy: 'late' | 'skip';
}

/** One time at which a schedule asks for a dose. */
export interface Occurrence extends DueSlot, DueTime {
  readonly schedule: ScheduleInForce;
}

/** A dose as far as its occurrence asks for it. */
interface OccurrenceDose {
  readonly row: { readonly ended_at_ms: number | null } | null;
}

const DAY_MS = 86_400_000;
/** The next time is looked for so far ahead. */
const LOOK_DAYS = 40;
const DOSE_ID = /^(s-[0-9a-f]+)\.(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** A schedule as it stood for a while. */
class Version {
  readonly schedule: ScheduleInForce;
  /** It asks for nothing that was due before. */
  fromMs: number;
  readonly #days = new Map<number, readonly DueTime[]>();

  constructor(schedule: ScheduleInForce, fromMs: number) {
    this.schedule = schedule;
    this.fromMs = fromMs;
  }

  /** The first that is due after `afterMs`, and not after `untilMs`. */
  next(afterMs: number, untilMs: number): Occurrence | null {
    if (!this.schedule.isEnabled) return null;
    for (let day = Math.floor(afterMs / DAY_MS); day * DAY_MS <= untilMs; day++) {
      const due = this.#on(day).find(({ dueMs }) => dueMs > afterMs);
      if (due !== undefined) return due.dueMs > untilMs ? null : this.#occurrence(due);
    }
    return null;
  }

  at(dueMs: number): Occurrence | null {
    if (!this.schedule.isEnabled) return null;
    const due = this.#on(Math.floor(dueMs / DAY_MS)).find((each) => each.dueMs === dueMs);
    return due === undefined ? null : this.#occurrence(due);
  }

  #on(day: number): readonly DueTime[] {
    const known = this.#days.get(day) ?? dueOnDay(this.schedule, day);
    this.#days.set(day, known);
    return known;
  }

  #occurrence(due: DueTime): Occurrence {
    const { schedule } = this;
    const utc = new Date(due.dueMs).toISOString().slice(0, 19).replace(/[-:]/g, '');
    return { ...due, schedule, pumpId: schedule.pumpId, doseId: `${schedule.scheduleId}.${utc}Z` };
  }
}

/** The schedules in force, and which of their doses have not ended yet. */
export class ScheduleBook {
  /** All that ever stood in the books, the newest last. */
  readonly #versions = new Map<string, Version[]>();
  /** Of schedules in the books: all that was due until then has ended, or is asked for by nobody. */
  readonly #awaited = new Map<string, number>();
  /** Those that were due and undecided when their schedule was changed. */
  readonly forgone: Occurrence[] = [];
  readonly #find: (doseId: string) => OccurrenceDose | undefined;
  #latestMs = 0;
  #wasPutBack = false;

  constructor(find: (doseId: string) => OccurrenceDose | undefined) {
    this.#find = find;
  }

  /** In the books now, on or off. */
  get inForce(): readonly ScheduleInForce[] {
    return [...this.#awaited.keys()].flatMap((id) => this.of(id) ?? []);
  }

  of(scheduleId: string): ScheduleInForce | undefined {
    return this.#newest(scheduleId)?.schedule;
  }

  /** It counts from now on, which is `wallMs`. */
  set(schedule: ScheduleInForce, wallMs: number): void {
    const { scheduleId } = schedule;
    const awaited = this.#undecidedOf(scheduleId, wallMs - 1);
    if (awaited !== null && this.#find(awaited.doseId)?.row == null) this.forgone.push(awaited);
    const versions = this.#versions.get(scheduleId) ?? [];
    this.#versions.set(scheduleId, [...versions, new Version(schedule, Math.floor(wallMs))]);
    // By a clock that was set back by a moment, nobody decides again about that moment.
    this.#awaited.set(scheduleId, Math.max(wallMs, this.#latestMs));
  }

  /** Somebody says that it is `wallMs` now: what falls due from now on counts, whatever clocks have shown before. */
  accept(wallMs: number): void {
    this.#latestMs = wallMs;
    for (const [scheduleId, awaitedMs] of this.#awaited) {
      this.#awaited.set(scheduleId, Math.min(awaitedMs, wallMs));
      const newest = this.#newest(scheduleId);
      if (newest !== undefined) newest.fromMs = Math.min(newest.fromMs, Math.floor(wallMs));
    }
  }

  /** The books were replaced: nothing is due until it is known which schedules stand in them. */
  startOver(): void {
    this.#awaited.clear();
    this.#wasPutBack = true;
  }

  /** What its dose says that it is of, if what stands in the books now asks for that. */
  askedBy(scheduleId: string, doseId: string): Occurrence | null {
    return this.#asked(scheduleId, doseId, (this.#versions.get(scheduleId) ?? []).slice(-1))[0] ?? null;
  }

  /** The same, as each that ever stood in the books asked for it: it may have moved to another pump, and back with older books. */
  everAskedBy(scheduleId: string, doseId: string): Occurrence[] {
    return this.#asked(scheduleId, doseId, this.#versions.get(scheduleId) ?? []);
  }

  #asked(scheduleId: string, doseId: string, versions: readonly Version[]): Occurrence[] {
    const [, named, ...digits] = DOSE_ID.exec(doseId) ?? [];
    if (named !== scheduleId) return [];
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = digits.map(Number);
    const dueMs = Date.UTC(year, month - 1, day, hour, minute, second);
    return versions
      .filter(({ fromMs }) => dueMs >= fromMs || this.#wasPutBack)
      .flatMap((version) => version.at(dueMs) ?? []);
  }

  /** One whose time has come and that has no end, or null. */
  undecided(wallMs: number): Occurrence | null {
    this.#latestMs = Math.max(this.#latestMs, wallMs);
    for (const scheduleId of this.#awaited.keys()) {
      const occurrence = this.#undecidedOf(scheduleId, wallMs);
      if (occurrence !== null) return occurrence;
    }
    return null;
  }

  /** The first of each that is due after `wallMs`. */
  next(wallMs: number): Occurrence[] {
    return [...this.#awaited.keys()].flatMap((id) => this.#newest(id)?.next(wallMs, wallMs + LOOK_DAYS * DAY_MS) ?? []);
  }

  #newest(scheduleId: string): Version | undefined {
    return this.#versions.get(scheduleId)?.at(-1);
  }

  #undecidedOf(scheduleId: string, wallMs: number): Occurrence | null {
    const version = this.#newest(scheduleId);
    for (;;) {
      const awaitedMs = this.#awaited.get(scheduleId);
      const next = awaitedMs === undefined ? null : (version?.next(awaitedMs, wallMs) ?? null);
      if (next === null) return null;
      if (this.#find(next.doseId)?.row?.ended_at_ms == null) return next;
      this.#awaited.set(scheduleId, next.dueMs);
    }
  }
}
