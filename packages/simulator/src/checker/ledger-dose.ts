import type { Store } from '@perista/controller';
import type { Motion } from '@perista/core';

/** A row of the ledger, as far as the rules speak of it. */
export interface LedgerDose {
  readonly seq: number;
  readonly dose_id: string;
  readonly pump_id: string;
  readonly cause: string;
  readonly schedule_id: string | null;
  readonly requested_ml: number;
  readonly state: string;
  readonly accepted_at_ms: number;
  readonly start_before_ms: number | null;
  readonly planned_hi_ml: number;
  readonly motion: string | null;
  readonly ml_per_rev: number | null;
  readonly sent_epoch: number | null;
  readonly ended_at_ms: number | null;
  readonly charged_at_ms: number | null;
  readonly lo_ml: number;
  readonly hi_ml: number;
  readonly delivered_ml: number | null;
  readonly code: string | null;
  /** Limits of its pump at this moment, in JSON. */
  readonly limits: string;
}

const COLUMNS = `seq, dose_id, pump_id, cause, schedule_id, requested_ml, state, accepted_at_ms, start_before_ms,
  planned_hi_ml, motion, ml_per_rev, sent_epoch, ended_at_ms, charged_at_ms, lo_ml, hi_ml, delivered_ml, code,
  (SELECT limits FROM pumps WHERE pumps.pump_id = doses.pump_id) AS limits`;

/** The database itself notes which rows are written, in a table that only its own connection sees. */
const NOTE_WRITTEN = [
  'CREATE TEMP TABLE written_doses (note INTEGER PRIMARY KEY, seq INTEGER NOT NULL)',
  ...['INSERT', 'UPDATE'].map(
    (way) => `CREATE TEMP TRIGGER dose_${way} AFTER ${way} ON doses BEGIN
      INSERT INTO written_doses (seq) VALUES (new.seq); END`,
  ),
];

type WrittenDose = LedgerDose & { readonly note: number };

/** Reads what has changed in the ledger since it last looked. */
export class LedgerReader {
  #store: Store | null = null;
  #lastNote = 0;
  #hasLedger = false;
  #wasPutBack = false;
  readonly #open = new Map<string, string>();

  /** Whether the database has a ledger yet. */
  isReadable(store: Store): boolean {
    this.#hasLedger ||= store.get("SELECT 1 FROM sqlite_master WHERE name = 'facts'") !== undefined;
    return this.#hasLedger;
  }

  /** Rows that are new or that changed: those that were open, in the order in which they were seen, and then the others, oldest first. */
  changes(store: Store): LedgerDose[] {
    const written = this.#store === store ? this.#written(store) : this.#begin(store);
    const rows = new Map(written.map((row) => [row.dose_id, row]));
    const known = rows.size === 0 ? [] : [...this.#open.keys()].flatMap((doseId) => rows.get(doseId) ?? []);
    const others = [...rows.values()].filter(({ dose_id }) => !this.#open.has(dose_id));
    return [...known, ...others.sort((one, other) => one.seq - other.seq)].filter((row) => this.#isNews(row));
  }

  /** The database was replaced by an older one. */
  startOver(): void {
    this.#wasPutBack = true;
    this.#open.clear();
  }

  /** All rows, and from now on those that are written. */
  #begin(store: Store): LedgerDose[] {
    this.#store = store;
    this.#lastNote = 0;
    for (const statement of NOTE_WRITTEN) store.run(statement);
    return store.all<LedgerDose>(`SELECT ${COLUMNS} FROM doses ORDER BY seq`);
  }

  #written(store: Store): LedgerDose[] {
    const written = store.all<WrittenDose>(
      `SELECT note, ${COLUMNS} FROM written_doses JOIN doses USING (seq) WHERE note > ? ORDER BY note`,
      this.#lastNote,
    );
    this.#lastNote = written.at(-1)?.note ?? this.#lastNote;
    return written;
  }

  #isNews(row: LedgerDose): boolean {
    const shape = `${row.state} ${row.sent_epoch} ${row.lo_ml} ${row.hi_ml}`;
    const isNews = this.#open.get(row.dose_id) !== shape;
    // What an older ledger refused or missed may be corrected by what the agent knows.
    const mayChange = row.ended_at_ms === null || isDenied({ wasForgotten: this.#wasPutBack }, row);
    if (mayChange) this.#open.set(row.dose_id, shape);
    else this.#open.delete(row.dose_id);
    return isNews;
  }
}

/**
 * Refused, cancelled, or written down as missed or skipped, by a ledger that was put back and had not asked yet, while the agent carries it
 * out or remembers it: its END corrects the row, which I5 checks.
 */
export const isDenied = ({ wasForgotten }: { readonly wasForgotten: boolean }, { state }: LedgerDose) =>
  wasForgotten && DENIALS.has(state);

const DENIALS: ReadonlySet<string> = new Set(['refused', 'cancelled', 'missed', 'skipped']);

/**
 * Asked for again by a ledger that was put back, whose older plan, or whose user under the same key, may ask for less: it
 * stands at that until the agent tells what it gave under the newer one.
 */
export const isAskedAgain = ({ wasForgotten }: { readonly wasForgotten: boolean }, row: LedgerDose) =>
  wasForgotten && row.ended_at_ms === null;

/** Of the weekly plan of a relay; what a schedule asks for names it. */
export const isOfWeeklyPlan = ({ cause, schedule_id }: LedgerDose): boolean =>
  cause === 'schedule' && schedule_id === null;

/** Turns that the intent orders. */
export function plannedTurns(dose: LedgerDose, pulsesPerRev: number): number {
  return dose.motion === null ? 0 : (JSON.parse(dose.motion) as Motion).pulses / pulsesPerRev;
}
