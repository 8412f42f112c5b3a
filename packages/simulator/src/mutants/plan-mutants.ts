import type { SqlValue, Store } from '@perista/controller';
import type { Clock } from '@perista/core';
import type { Mutant } from './mutant.ts';

const DONE = { changes: 1 };
const WINDOW_MS = 1_800_000;
const SLOT_ID = /^relay-\d\.\d+\.(morning|evening)$/;

interface PlanRow {
  readonly pump_id: string;
  readonly days: number;
  readonly weekly_ml: number;
  readonly decided_until_ms: number;
}

/** A store in which a weekly plan reads otherwise to whoever carries it out; whoever changes it reads in a transaction. */
function reading(store: Store, change: (row: PlanRow) => Partial<PlanRow>): Store {
  let depth = 0;
  return {
    ...store,
    transaction: (work) => {
      depth++;
      try {
        return store.transaction(work);
      } finally {
        depth--;
      }
    },
    get: <Row>(sql: string, ...params: SqlValue[]) => {
      const row = store.get<Row>(sql, ...params);
      if (row === undefined || depth > 0 || !sql.includes('FROM channel_plans')) return row;
      return { ...row, ...change(row as PlanRow) };
    },
  };
}

/** The id under which a run that forgets its slots orders one that has its dose already. */
function forgetfulIds(store: Store): (value: SqlValue) => SqlValue {
  const known = new Map<string, string>();
  return (value) => {
    if (typeof value !== 'string' || !SLOT_ID.test(value)) return value;
    const row = store.get<{ ended_at_ms: number | null }>('SELECT ended_at_ms FROM doses WHERE dose_id = ?', value);
    const id = known.get(value) ?? (row?.ended_at_ms == null ? value : `${value}.again`);
    known.set(value, id);
    return id;
  };
}

/** Defects of weekly plans. */
export const PLAN_MUTANTS = {
  'slot-has-a-flag': {
    defect: 'that a slot was dosed is a flag, which a restart forgets',
    breaks: ['I8'],
    shows: ['controller-kill', 'controller-kill-at-call'],
    composition: {
      store: (inner) => {
        const idOf = forgetfulIds(inner);
        const store = reading(inner, ({ decided_until_ms }) => ({ decided_until_ms: decided_until_ms - WINDOW_MS }));
        return {
          ...store,
          get: (sql, ...params) => store.get(sql, ...params.map(idOf)),
          run: (sql, ...params) => store.run(sql, ...params.map(idOf)),
        };
      },
    },
  },
  'window-is-both-ways': {
    defect: 'a slot may be dosed half an hour early',
    breaks: ['I9'],
    shows: [],
    composition: {
      controllerClock: (clock): Clock => ({
        monotonicMs: () => clock.monotonicMs(),
        wallMs: () => clock.wallMs() + WINDOW_MS,
        after: (delayMs, fn) => clock.after(delayMs, fn),
      }),
    },
  },
  'missed-is-not-written': {
    defect: 'a slot whose window is over is passed by in silence',
    breaks: ['I8'],
    shows: ['controller-kill', 'clock-step'],
    composition: {
      store: (store) => ({
        ...store,
        run: (sql, ...params) =>
          sql.startsWith('INSERT INTO doses') && params.includes('missed') ? DONE : store.run(sql, ...params),
      }),
    },
  },
  'missed-is-made-up-for': {
    defect: 'the volume of a missed slot is added to the next one',
    breaks: ['I17'],
    shows: ['controller-kill', 'clock-step'],
    composition: {
      store: (store) =>
        reading(store, ({ pump_id, weekly_ml }) => {
          const last = store.get<{ state: string }>(
            "SELECT state FROM doses WHERE pump_id = ? AND cause = 'schedule' ORDER BY seq DESC LIMIT 1",
            pump_id,
          );
          return last?.state === 'missed' ? { weekly_ml: 2 * weekly_ml } : {};
        }),
    },
  },
  'every-day-is-a-day': {
    defect: 'the days of a weekly plan are not looked at',
    breaks: ['I9', 'I17'],
    shows: [],
    composition: { store: (store) => reading(store, () => ({ days: 127 })) },
  },
} as const satisfies Record<string, Mutant>;
