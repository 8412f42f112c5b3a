import type { SqlValue, Store } from '@perista/controller';
import type { Mutant } from './mutant.ts';

const DAY_MS = 86_400_000;
const DONE = { changes: 1 };

/** A store that does otherwise where the statement is the one meant. */
const storing = (change: (store: Store) => Partial<Store>): Mutant['composition'] => ({
  store: (store) => ({ ...store, ...change(store) }),
});

const CHARGED = 'FILTER (WHERE charged_at_ms > ?)';

/** Other windows for the caps: hour, day, week. */
const withWindows = (edit: (since: SqlValue[]) => SqlValue[]): Mutant['composition'] =>
  storing((store) => ({
    get: (sql, ...params) => {
      if (!sql.includes(CHARGED)) return store.get(sql, ...params);
      const [hour = 0, day = 0, pump = '', week = 0] = params;
      const [newHour = 0, newDay = 0, newWeek = 0] = edit([hour, day, week]);
      return store.get(sql, newHour, newDay, pump, newWeek);
    },
  }));

/** Defects of the ledger. */
export const STORE_MUTANTS = {
  'nothing-is-charged': {
    defect: 'doses that are over count against no cap',
    breaks: ['I1'],
    shows: [],
    composition: storing((store) => ({
      get: <Row>(sql: string, ...params: SqlValue[]) =>
        sql.includes(CHARGED) ? ({ hourMl: 0, dayMl: 0, weekMl: 0 } as Row) : store.get<Row>(sql, ...params),
    })),
  },
  'charged-at-lo': {
    defect: 'budget is charged at the lower bound of what was given',
    breaks: ['I1'],
    shows: ['unplugged', 'board-power', 'box-power'],
    composition: storing((store) => ({
      get: (sql, ...params) =>
        store.get(sql.includes('total(hi_ml)') ? sql.replaceAll('hi_ml', 'lo_ml') : sql, ...params),
    })),
  },
  'calendar-day': {
    defect: 'the cap of a day begins anew at midnight',
    breaks: ['I1'],
    shows: [],
    composition: withWindows(([hour = 0, day = 0, week = 0]) => {
      const nowMs = Number(day) + DAY_MS;
      return [hour, Math.floor(nowMs / DAY_MS) * DAY_MS, week];
    }),
  },
  'half-hour': {
    defect: 'the cap of an hour looks back half an hour',
    breaks: ['I1'],
    shows: [],
    composition: withWindows(([hour = 0, day = 0, week = 0]) => [Number(hour) + 1_800_000, day, week]),
  },
  'half-day': {
    defect: 'the cap of a day looks back twelve hours',
    breaks: ['I1'],
    shows: [],
    composition: withWindows(([hour = 0, day = 0, week = 0]) => [hour, Number(day) + DAY_MS / 2, week]),
  },
  'window-of-an-hour': {
    defect: 'orders may start long after their window',
    breaks: ['I9'],
    shows: ['agent-kill', 'link-cut'],
    composition: storing((store) => ({
      all: (sql, ...params) =>
        store.all(sql.includes('AS mutex') ? sql.replace('SELECT d.*', LATE_COLUMNS) : sql, ...params),
    })),
  },
  'sent-is-not-marked': {
    defect: 'that START is on its way is not written before it is',
    breaks: ['I4', 'I12', 'L1', 'B1'],
    shows: ['controller-kill', 'controller-kill-at-call'],
    composition: storing((store) => ({
      run: (sql, ...params) => (sql.includes('sent_epoch = ?') ? DONE : store.run(sql, ...params)),
    })),
  },
  'settled-at-target': {
    defect: 'a dose is settled with its planned volume',
    breaks: ['I4', 'I5'],
    shows: ['stop', 'cancel', 'stall'],
    composition: storing((store) => ({
      run: (sql, ...params) =>
        sql.includes('lo_ml = ?, hi_ml = ?')
          ? store.run(
              sql.replace('lo_ml = ?, hi_ml = ?', 'lo_ml = planned_hi_ml + 0 * ?, hi_ml = planned_hi_ml + 0 * ?'),
              ...params,
            )
          : store.run(sql, ...params),
    })),
  },
  'hold-is-forgotten': {
    defect: 'a pump whose dose ended uncertain is not held',
    breaks: ['P3'],
    shows: ['box-power', 'unplugged', 'board-power'],
    composition: storing((store) => ({
      get: (sql, ...params) => (sql.includes('FROM holds') ? undefined : store.get(sql, ...params)),
    })),
  },
  'events-with-gaps': {
    defect: 'the number of an event is lost now and then',
    breaks: ['I19'],
    shows: [],
    composition: storing((store) => {
      let events = 0;
      return {
        run: (sql, ...params) => {
          const done = store.run(sql, ...params);
          if (sql.startsWith('INSERT INTO events') && ++events % 40 === 0) {
            store.run('UPDATE events SET seq = seq + 1 WHERE seq = (SELECT max(seq) FROM events)');
          }
          return done;
        },
      };
    }),
  },
  'time-may-go-back': {
    defect: 'the high-water mark of time follows the clock, either way',
    breaks: ['I20'],
    shows: ['clock-step', 'controller-kill', 'controller-kill-at-call', 'box-power', 'dead-clock'],
    composition: storing((store) => ({
      get: (sql, ...params) => (params[0] === 'high_water_ms' ? undefined : store.get(sql, ...params)),
    })),
  },
  'commit-is-not-waited-for': {
    defect: 'what is committed stands a moment later',
    breaks: ['I7', 'I10', 'L1'],
    shows: [],
    composition: storing((store) => ({
      run: (sql, ...params) => {
        if (!sql.startsWith('INSERT INTO doses')) return store.run(sql, ...params);
        queueMicrotask(() => {
          try {
            store.run(sql, ...params);
          } catch {
            // It died first: that is the defect.
          }
        });
        return DONE;
      },
    })),
  },
  'emergency-is-not-kept': {
    defect: 'the latch of the emergency stop is not written down',
    breaks: ['I10'],
    shows: ['emergency-stop', 'controller-kill'],
    composition: storing((store) => ({
      run: (sql, ...params) => (params[0] === 'emergency_stop' ? DONE : store.run(sql, ...params)),
    })),
  },
} as const satisfies Record<string, Mutant>;

const LATE_COLUMNS = `SELECT d.seq, d.dose_id, d.pump_id, d.state, d.cause, d.actor, d.schedule_id, d.request, d.outcome,
  d.direction, d.requested_ml, d.accepted_at_ms, d.start_before_ms + 3600000 AS start_before_ms, d.planned_hi_ml,
  d.duration_s, d.motion, d.ml_per_rev, d.calibration_id, d.config_hash, d.epoch, d.sent_epoch, d.stop_requested,
  d.started_at_ms, d.ended_at_ms, d.charged_at_ms, d.lo_ml, d.hi_ml, d.delivered_ml, d.reason, d.code`;
