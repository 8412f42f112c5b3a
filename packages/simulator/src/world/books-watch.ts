import type { Store } from '@perista/controller';
import type { Happening } from '../checker/happening.ts';
import { LedgerReader } from '../checker/ledger-dose.ts';
import { PlanReader } from '../checker/plan-reader.ts';
import { ScheduleReader } from '../checker/schedule-reader.ts';
import { SinkReader } from '../checker/sink-reader.ts';
import type { LedgerFile } from './ledger-file.ts';
import type { PlannedChannel } from './relay-unit-plan.ts';

/** Reads what a unit has committed as soon as it has, and tells what changed. */
export class BooksWatch {
  readonly #tell: (happening: Happening) => void;
  readonly #channels: readonly PlannedChannel[] | null;
  readonly #ledger = new LedgerReader();
  readonly #plans = new PlanReader();
  readonly #schedules = new ScheduleReader();
  readonly #sinks = new SinkReader();
  #highWaterMs = 0;
  #accepted = '';

  constructor(channels: readonly PlannedChannel[] | null, tell: (happening: Happening) => void) {
    this.#channels = channels;
    this.#tell = tell;
  }

  /** An older copy is in the place of the database. */
  startOver(): void {
    this.#highWaterMs = 0;
    this.#accepted = '';
    for (const reader of [this.#ledger, this.#plans, this.#schedules, this.#sinks]) reader.startOver();
  }

  /** `statements` were written: what they name may have changed. */
  onCommit(store: Store, statements: readonly string[]): void {
    if (!this.#ledger.isReadable(store)) return;
    const wrote = (table: string) => statements.some((statement) => statement.includes(table));
    if (wrote(' doses')) {
      for (const dose of this.#ledger.changes(store)) this.#tell({ kind: 'ledger-changed', dose });
    }
    // What a plan asks for depends on the time that the books know.
    if (wrote(' facts') || this.#plans.isStale || this.#schedules.isStale) this.#tellTime(store);
    const hasPlanNews = wrote(' channel_plans') || this.#plans.isStale;
    if (hasPlanNews && this.#channels !== null) {
      for (const plan of this.#plans.changes(store, this.#channels)) this.#tell({ kind: 'plan-set', plan });
    }
    if (wrote(' schedules') || this.#schedules.isStale) {
      for (const schedule of this.#schedules.changes(store)) this.#tell({ kind: 'schedule-set', schedule });
    }
    if (wrote(' events') && !this.#sinks.isStale) {
      for (const event of this.#sinks.changes(store)) this.#tell({ kind: 'event-logged', event });
    }
  }

  /** A unit is about to tell others what it owes them. */
  onTelling(file: LedgerFile): void {
    if (!this.#sinks.isStale || file.look((store) => this.#ledger.isReadable(store)) !== true) return;
    const owed = file.look((store) => this.#sinks.begin(store));
    if (owed !== null) this.#tell({ kind: 'owed', owed });
  }

  #tellTime(store: Store): void {
    const fact = store.get<{ value: string }>("SELECT value FROM facts WHERE name = 'high_water_ms'");
    const highWaterMs = Number(fact?.value ?? 0);
    if (highWaterMs !== this.#highWaterMs) {
      this.#highWaterMs = highWaterMs;
      this.#tell({ kind: 'time-marked', highWaterMs });
    }
    const accepted = store.get<{ value: string }>("SELECT value FROM facts WHERE name = 'time_accepted'")?.value ?? '';
    if (accepted === this.#accepted || accepted === '') return;
    this.#accepted = accepted;
    const { boot_id: bootId, mark_ms: markMs } = JSON.parse(accepted) as { boot_id: string; mark_ms: number };
    this.#tell({ kind: 'time-accepted', bootId, markMs });
  }
}
