// Proves that through random lives of restarts, sleeps and clocks that are set, each time that a schedule of any kind names ends in
// exactly one way (I8), is begun in its window only (I9), and that no pump makes up for more than one dose at once (P21).
import { occurrences, seededRandom } from '@perista/core';
import type { NewSchedule } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../ledger/durations.ts';
import { OPERATOR, UnitFixture } from '../unit-fixture.ts';
import { recurringOf } from './recurrence-of.ts';
import { ScheduleStore } from './schedule-store.ts';
import { zoneNamed } from './temporal-zone.ts';

const MINUTE_MS = 60_000;
/** Two days before clocks change in Warsaw; the unit begins its life here. */
const BORN_MS = Date.parse('2026-03-27T12:00:00Z');
const STEPS = 30;
const LIVES_OF: Readonly<Record<string, number>> = { short: 2, long: 60, full: 300 };
const LIVES = LIVES_OF[process.env.PERISTA_CAMPAIGN ?? 'short'] ?? 2;
/** A dose is in the ledger within a sweep of its time, or of the start. */
const SWEEP_MS = 20_000;

const SCHEDULES: readonly NewSchedule[] = [
  { pump_id: 'a', cron: '*/30 1-3 * * *', volume_ml: 1 },
  { pump_id: 'a', rule: { kind: 'interval', every_min: 200 }, volume_ml: 0.5, missed_policy: 'skip' },
  {
    pump_id: 'b',
    rule: { kind: 'windows', doses_per_day: 7, daily_ml: 5, windows: [{ from: '22:00', to: '05:00' }] },
    tolerance_s: 600,
  },
  { pump_id: 'b', rule: { kind: 'weekdays', days: ['sat', 'sun', 'mon'], times: ['02:30', '14:00'] }, volume_ml: 1 },
  { pump_id: 'b', rule: { kind: 'once', date: '2026-03-29', time: '02:30' }, volume_ml: 2, timezone: 'Europe/London' },
];

interface Row {
  readonly dose_id: string;
  readonly schedule_id: string;
  readonly state: string;
  readonly accepted_at_ms: number;
  readonly start_before_ms: number | null;
  readonly code: string | null;
}

const rowsOf = (unit: UnitFixture): Row[] =>
  unit.store.all<Row>(`SELECT * FROM doses WHERE cause = 'schedule' ORDER BY seq`);

async function live(seed: number) {
  const unit = new UnitFixture();
  const random = seededRandom(seed);
  unit.clock.stepWall(BORN_MS - unit.clock.wallMs());
  await unit.boot();
  await unit.clock.advance(1_000);
  const bornMs = unit.clock.wallMs();
  for (const schedule of SCHEDULES) unit.services.schedules.create(schedule, OPERATOR);
  let latestMs = bornMs;
  for (let step = 0; step < STEPS; step++) {
    const chance = random.unit();
    if (chance < 0.25) {
      unit.crash();
      unit.clock.sleepThrough(random.unit() * 2 * HOUR_MS);
      await unit.boot();
    } else if (chance < 0.35) {
      unit.clock.stepWall((random.unit() - 0.4) * 2 * HOUR_MS);
      if (unit.services.dosingUnit.status().disabled_by.length > 0) unit.services.time.accept(OPERATOR);
    } else {
      unit.clock.sleepThrough(random.unit() * 4 * HOUR_MS);
    }
    await unit.clock.advance(SWEEP_MS + random.unit() * MINUTE_MS);
    latestMs = Math.max(latestMs, unit.clock.wallMs());
  }
  await unit.clock.advance(5 * MINUTE_MS);
  return { unit, bornMs, latestMs };
}

/** All that was due while the unit lived, by id. */
function dueIn(unit: UnitFixture, bornMs: number, untilMs: number): Map<string, { dueMs: number; endMs: number }> {
  const due = new Map<string, { dueMs: number; endMs: number }>();
  for (const schedule of new ScheduleStore(unit.store).list()) {
    const endAfterMs = schedule.toleranceS * 1000;
    for (const { dueMs } of occurrences(recurringOf(schedule), zoneNamed(schedule.timezone), bornMs, untilMs)) {
      const id = `${schedule.id}.${new Date(dueMs).toISOString().replace(/[-:]|\.\d{3}/g, '')}`;
      due.set(id, { dueMs, endMs: dueMs + endAfterMs });
    }
  }
  return due;
}

describe('a life with schedules of every kind', () => {
  it.each(Array.from({ length: LIVES }, (_, index) => index + 1))(
    'gives each occurrence one end, in its window: seed %d',
    async (seed) => {
      const { unit, bornMs, latestMs } = await live(seed);
      const due = dueIn(unit, bornMs, latestMs + DAY_MS);
      const rows = rowsOf(unit);
      expect(new Set(rows.map(({ dose_id }) => dose_id)).size).toBe(rows.length);
      for (const row of rows) {
        const asked = due.get(row.dose_id);
        expect(asked, `${row.dose_id} was asked for`).toBeDefined();
        if (asked === undefined || row.start_before_ms === null) continue;
        expect(row.start_before_ms).toBe(asked.endMs);
        expect(row.accepted_at_ms, `${row.dose_id} is not early`).toBeGreaterThanOrEqual(asked.dueMs);
        expect(row.accepted_at_ms, `${row.dose_id} is not after its window`).toBeLessThanOrEqual(asked.endMs);
      }
      const known = new Set(rows.map(({ dose_id }) => dose_id));
      const wallMs = unit.clock.wallMs() - SWEEP_MS;
      const forgotten = [...due].filter(([id, { dueMs }]) => dueMs <= wallMs && !known.has(id)).map(([id]) => id);
      expect(forgotten).toEqual([]);
      expect(rows.filter(({ state }) => ['accepted', 'queued', 'running'].includes(state))).toEqual([]);
      expect(rows.filter(({ state }) => state === 'done').length).toBeGreaterThan(2);
      expect(rows.filter(({ state }) => state === 'missed').length).toBeGreaterThan(2);
      unit.crash();
    },
    60_000,
  );
});
