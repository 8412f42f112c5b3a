import type { SqlValue, Store } from '@perista/controller';
import type { Mutant } from './mutant.ts';

const HOUR_MS = 3_600_000;
const OCCURRENCE_ID = /^s-[0-9a-f]+\.\d{8}T\d{6}Z$/;

/** A schedule as the executor reads it; whoever changes one reads it alone. */
interface ScheduleRow {
  readonly schedule_id: string;
  readonly rule: string | null;
  readonly volume_ml: number;
  readonly enabled: number;
  readonly tolerance_s: number;
  readonly missed_policy: string;
  readonly timezone: string;
  readonly paused_until: string | null;
  readonly decided_until_ms: number;
}

const isSchedules = (sql: string) => sql.includes('FROM schedules s') && sql.includes('ORDER BY');

/** Schedules that read otherwise to whoever carries them out. */
const reading = (change: (row: ScheduleRow) => Partial<ScheduleRow>): Mutant['composition'] => ({
  store: (store) => ({
    ...store,
    all: <Row>(sql: string, ...params: SqlValue[]) => {
      const rows = store.all<Row>(sql, ...params);
      return isSchedules(sql) ? rows.map((row) => ({ ...row, ...change(row as ScheduleRow) })) : rows;
    },
  }),
});

/** Winter time for ever, in the zones in which worlds have changes of clocks. */
const WINTER: Readonly<Record<string, string>> = {
  'Europe/Warsaw': 'Etc/GMT-1',
  'Europe/London': 'UTC',
  'America/New_York': 'Etc/GMT+5',
  'America/Havana': 'Etc/GMT+5',
};

/** Each dose of windows is as large as the largest. */
function unshared({ rule, volume_ml }: ScheduleRow): Partial<ScheduleRow> {
  const read = JSON.parse(rule ?? '{}') as { kind?: string; doses_per_day?: number };
  if (read.kind !== 'windows') return {};
  return { rule: JSON.stringify({ ...read, daily_ml: volume_ml * (read.doses_per_day ?? 1) }) };
}

/** The id under which a run that forgets what is decided orders what has its dose already. */
function forgetfulIds(store: Store): (value: SqlValue) => SqlValue {
  const known = new Map<string, string>();
  return (value) => {
    if (typeof value !== 'string' || !OCCURRENCE_ID.test(value)) return value;
    const row = store.get<{ ended_at_ms: number | null }>('SELECT ended_at_ms FROM doses WHERE dose_id = ?', value);
    const id = known.get(value) ?? (row?.ended_at_ms == null ? value : `${value}.again`);
    known.set(value, id);
    return id;
  };
}

/** Defects of schedules. */
export const SCHEDULE_MUTANTS = {
  'zone-is-not-looked-at': {
    defect: 'times of a schedule are those of the clock in UTC',
    breaks: ['I8'],
    shows: [],
    composition: reading(() => ({ timezone: 'UTC' })),
  },
  'summer-is-winter': {
    defect: 'clocks are never changed',
    breaks: ['I8'],
    shows: [],
    composition: reading(({ timezone }) => ({ timezone: WINTER[timezone] ?? timezone })),
  },
  'pause-is-not-looked-at': {
    defect: 'a schedule doses while it is paused',
    breaks: ['I8', 'I9'],
    shows: ['edit-schedule'],
    composition: reading(() => ({ paused_until: null })),
  },
  'off-is-on': {
    defect: 'a schedule doses while it is switched off',
    breaks: ['I8', 'I9'],
    shows: ['edit-schedule'],
    composition: reading(() => ({ enabled: 1 })),
  },
  'skipped-is-late': {
    defect: 'what is to be skipped where it is late is given late',
    breaks: ['I9'],
    shows: ['controller-kill', 'clock-step'],
    composition: reading(() => ({ missed_policy: 'late' })),
  },
  'tolerance-is-a-day': {
    defect: 'a dose of a schedule may begin a day late',
    breaks: ['I9'],
    shows: [],
    composition: reading(() => ({ tolerance_s: 86_400 })),
  },
  'rounding-is-not-carried': {
    defect: 'each dose of a day is rounded by itself, so that the day has more than its total',
    breaks: ['I17'],
    shows: [],
    composition: reading(unshared),
  },
  'occurrence-has-a-flag': {
    defect: 'that an occurrence was dosed is a flag, which a restart forgets',
    breaks: ['I8'],
    shows: ['controller-kill', 'controller-kill-at-call'],
    composition: {
      store: (store) => {
        const idOf = forgetfulIds(store);
        const readAnew = reading(({ decided_until_ms }) => ({ decided_until_ms: decided_until_ms - HOUR_MS }));
        const forgetful = readAnew.store?.(store) ?? store;
        return {
          ...forgetful,
          get: (sql, ...params) => store.get(sql, ...params.map(idOf)),
          run: (sql, ...params) => store.run(sql, ...params.map(idOf)),
        };
      },
    },
  },
  'change-counts-from-before': {
    defect: 'a schedule that is changed makes up for what it would have asked for in the hour before',
    breaks: ['I8', 'I9'],
    shows: ['edit-schedule'],
    composition: {
      store: (store) => ({
        ...store,
        run: (sql, ...params) => {
          if (!sql.startsWith('UPDATE schedules SET pump_id')) return store.run(sql, ...params);
          const [id = '', fromMs = 0] = params.toReversed();
          return store.run(
            sql.replace('max(decided_until_ms, ?)', '?'),
            ...params.slice(0, -2),
            Number(fromMs) - HOUR_MS,
            id,
          );
        },
      }),
    },
  },
} as const satisfies Record<string, Mutant>;
