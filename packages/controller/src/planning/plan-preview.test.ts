// Proves that a preview is what the unit then does: each dose of a month in pump, instant and ml, with caps that refuse,
// containers that run out, doses that wait or come too late, and a night without its third hour; and that a draft changes nothing.
import type { NewSchedule, Plan, PlanDraft } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import type { DoseRow } from '../ledger/dose-row.ts';
import { DAY_MS } from '../ledger/durations.ts';
import { firstPump, OPERATOR, UnitFixture } from '../unit-fixture.ts';
import { EXAMPLE_PLAN, relayPump } from '../weekly-plan/relay-unit-fixture.ts';

/** The unit begins on 1 March 2026 at 13:00 in Warsaw; clocks go on there on the 29th. */
const DAYS = 30;
/** A dose begins when the frames about it have come and gone. */
const WIRE_MS = 1_000;
/** So long before a dose the unit is awake again, longer than it waits between two looks at its plans. */
const AWAKE_MS = 12_000;

const PUMPS = [
  firstPump('a', {
    container_ml: 2000,
    limits: { single_ml: 40, duration_s: 600, hour_ml: 60, day_ml: 200, week_ml: 300 },
  }),
  firstPump('b', { container_ml: 150 }),
  relayPump(1),
  relayPump(2),
];

const SCHEDULES: readonly NewSchedule[] = [
  // Three at once are more than an hour of the pump holds, and seven days more than a week.
  { pump_id: 'a', cron: '30 2 * * *', volume_ml: 25, duration_s: 60 },
  { pump_id: 'a', cron: '30 2 * * *', volume_ml: 20 },
  { pump_id: 'a', cron: '30 2 * * mon,wed', volume_ml: 20 },
  {
    pump_id: 'b',
    rule: { kind: 'windows', doses_per_day: 2, daily_ml: 10.001, windows: [{ from: '02:00', to: '03:00' }] },
  },
  // Of these the second has its turn when it is too late.
  { pump_id: 'b', rule: { kind: 'weekdays', days: ['sun'], times: ['01:00'] }, volume_ml: 2, duration_s: 200 },
  { pump_id: 'b', rule: { kind: 'weekdays', days: ['sun'], times: ['01:01'] }, volume_ml: 1, tolerance_s: 60 },
  { pump_id: 'relay-2', cron: '0 0 * * *', volume_ml: 10, timezone: 'UTC' },
  { pump_id: 'a', rule: { kind: 'once', date: '2026-03-29', time: '02:45' }, volume_ml: 1 },
];

const CHANNELS: PlanDraft['channels'] = [
  { id: 1, ...EXAMPLE_PLAN, daily_schedule: 1, weekly_dosing_value: 70 },
  { id: 2, dosing_rate: 0.5 },
];

async function boot() {
  const unit = await new UnitFixture({ firstPumps: PUMPS }).boot();
  await unit.clock.advance(1_000);
  return unit;
}

const preview = (unit: UnitFixture, draft: PlanDraft = {}): Promise<Plan> =>
  unit.clock.until(unit.services.plan.preview(draft));

function save(unit: UnitFixture) {
  unit.services.dosingUnit.configure(CHANNELS ?? [], OPERATOR);
  for (const schedule of SCHEDULES) unit.services.schedules.create(schedule, OPERATOR);
}

/** Awake around each instant of a plan only: what happens between is nothing. */
async function liveThrough(unit: UnitFixture, { doses, until }: Plan) {
  for (const { due_at } of doses) {
    const leftMs = Date.parse(due_at) - unit.clock.wallMs() - AWAKE_MS;
    if (leftMs > 0 && unit.agent.running.length === 0) unit.clock.sleepThrough(leftMs);
    await unit.clock.advance(Math.max(0, Date.parse(due_at) + 1_000 - unit.clock.wallMs()));
    while (unit.agent.running.length > 0) await unit.clock.advance(5_000);
  }
  unit.clock.sleepThrough(Math.max(0, Date.parse(until) - 1 - unit.clock.wallMs() - AWAKE_MS));
  await unit.clock.advance(AWAKE_MS);
}

const given = new Set(['given', 'waits']);

describe('the preview of a month', () => {
  it('is what the unit then does, dose by dose', async () => {
    const unit = await boot();
    save(unit);
    const plan = await preview(unit, { days: DAYS });
    await liveThrough(unit, plan);

    const rows = unit.store.all<DoseRow>(`SELECT * FROM doses WHERE cause = 'schedule'`);
    const rowOf = new Map(rows.map((row) => [row.dose_id, row]));
    expect([...rowOf.keys()].sort()).toEqual(plan.doses.map(({ dose_id }) => dose_id).sort());
    for (const dose of plan.doses) {
      const row = rowOf.get(dose.dose_id);
      const told = { pump: dose.pump_id, state: given.has(dose.state) ? 'done' : dose.state, code: dose.code };
      expect({ dose: dose.dose_id, pump: row?.pump_id, state: row?.state, code: row?.code }).toEqual({
        dose: dose.dose_id,
        ...told,
      });
      expect(row?.delivered_ml, dose.dose_id).toBeCloseTo(given.has(dose.state) ? dose.volume_ml : 0, 6);
      if (dose.starts_at === null) continue;
      const lateMs = (row?.started_at_ms ?? 0) - Date.parse(dose.starts_at);
      expect(Math.abs(lateMs), `${dose.dose_id} begins ${lateMs} ms after what was told`).toBeLessThan(WIRE_MS);
    }

    for (const code of ['E424', 'E426', 'E429', 'E434']) {
      expect(
        plan.doses.some((dose) => dose.code === code),
        code,
      ).toBe(true);
    }
    expect(plan.doses.filter(({ state }) => state === 'waits').length).toBeGreaterThan(DAYS);
    expect(plan.collisions.length).toBeGreaterThan(DAYS);
    expect(plan.clock_changes).toEqual([
      { at: '2026-03-29T01:00:00.000Z', timezone: 'Europe/Warsaw', day: '2026-03-29', shift_min: 60 },
    ]);
    const levels = new Map(unit.services.containers.list().map(({ id, level_ml }) => [id, level_ml]));
    for (const { container_id, end_level_ml } of plan.containers) {
      expect(levels.get(container_id), container_id).toBeCloseTo(end_level_ml, 6);
    }
  }, 120_000);
});

describe('a draft', () => {
  it('shows what would come if it were saved, and saves nothing', async () => {
    const unit = await boot();
    const draft = { days: 3, schedules: [...SCHEDULES], channels: CHANNELS ?? [] };
    const drafted = await preview(unit, draft);
    expect(unit.services.schedules.list()).toEqual([]);
    expect((await preview(unit)).doses).toEqual([]);
    save(unit);
    const saved = await preview(unit, { days: 3 });
    const told = ({ doses }: Plan) =>
      doses.map(({ pump_id, due_at, starts_at, volume_ml, state, code }) => ({
        pump_id,
        due_at,
        starts_at,
        volume_ml,
        state,
        code,
      }));
    expect(told(drafted)).toEqual(told(saved));
    expect(drafted.doses.length).toBeGreaterThan(10);
  });

  it('changes and leaves out what is kept', async () => {
    const unit = await boot();
    const { schedules } = unit.services;
    const { id } = schedules.create({ pump_id: 'a', cron: '0 14 * * *', volume_ml: 5 }, OPERATOR);
    const other = schedules.create({ pump_id: 'b', cron: '0 15 * * *', volume_ml: 5 }, OPERATOR);
    const plan = await preview(unit, { days: 1, schedules: [{ id, cron: '30 14 * * *' }], without: [other.id] });
    expect(plan.doses.map(({ pump_id, due_at }) => [pump_id, due_at])).toEqual([['a', '2026-03-01T13:30:00.000Z']]);
  });

  it.each<[PlanDraft, string]>([
    [{ schedules: [{ pump_id: 'a', cron: '0 8 * *', volume_ml: 5 }] }, 'schedules[0].cron'],
    [{ schedules: [{ pump_id: 'a', cron: '0 8 * * *', volume_ml: 50 }] }, '50 ml is more than the 40 ml'],
    [
      { schedules: [{ pump_id: 'c', cron: '0 8 * * *', volume_ml: 5 }] },
      'schedules[0].pump_id must be the id of a pump, is "c"',
    ],
    [{ schedules: [{ id: 's-9', volume_ml: 5 }] }, 'There is no schedule "s-9"'],
    [{ without: ['s-9'] }, 'There is no schedule "s-9"'],
    [{ channels: [{ id: 1, enabled: true }] }, 'channels[0].weekly_dosing_value must be set'],
    [{ channels: [{ id: 1 }, { id: 1 }] }, 'has 1 twice'],
  ])('is refused as saving it would be: %o', async (draft, words) => {
    const unit = await boot();
    await expect(preview(unit, draft)).rejects.toThrow(words);
  });
});

describe('a preview', () => {
  it('tells what an emergency stop would refuse, and what waits already', async () => {
    const unit = await boot();
    save(unit);
    const running = unit.orderAccepted('a', { volume_ml: 20, duration_s: 500 });
    await unit.clock.advance(1_000);
    unit.services.schedules.create({ pump_id: 'a', cron: '3 13 * * *', volume_ml: 5 }, OPERATOR);
    const before = await preview(unit, { days: 1 });
    expect(before.doses[0]).toMatchObject({ state: 'waits', waits_for: running, due_at: '2026-03-01T12:03:00.000Z' });
    expect(Date.parse(before.doses[0]?.starts_at ?? '') - Date.parse(before.from)).toBeGreaterThan(490_000);
    await unit.clock.until(unit.services.stops.engage(OPERATOR));
    const { doses } = await preview(unit, { days: 1 });
    expect(new Set(doses.map(({ code }) => code))).toEqual(new Set(['E430']));
  });

  it('of a long time gives others their turn', async () => {
    const unit = await boot();
    unit.services.schedules.create(
      { pump_id: 'b', rule: { kind: 'interval', every_min: 10 }, volume_ml: 0.1 },
      OPERATOR,
    );
    let turns = 0;
    let isOver = false;
    const turn = () => {
      turns++;
      if (!isOver) unit.clock.after(0, turn);
    };
    turn();
    const asked = unit.services.plan.preview({ days: 90 }).finally(() => {
      isOver = true;
    });
    const { doses, complete } = await unit.clock.until(asked);
    expect([doses.length, complete]).toEqual([(90 * DAY_MS) / 600_000, true]);
    expect(turns).toBeGreaterThan(100);
  });

  it('of more doses than it looks at says up to when it knows them all', async () => {
    const unit = await boot();
    unit.services.schedules.create(
      { pump_id: 'b', rule: { kind: 'interval', every_min: 5 }, volume_ml: 0.1 },
      OPERATOR,
    );
    const { doses, complete, until } = await preview(unit, { days: 90 });
    const last = doses.at(-1);
    expect([doses.length, complete]).toEqual([20_000, false]);
    expect(Date.parse(until)).toBeLessThanOrEqual(Date.parse(last?.due_at ?? '') + 1_000);
    expect(doses.filter(({ state, starts_at }) => state === 'given' && starts_at === null)).toEqual([]);
  });
});
