// Proves that each dose of a schedule is decided once and for all (I8), in its window only (I9): given in time, given late with
// a warning, skipped or missed, through restarts, old backups and clocks that are set (P21, P22), and that its dose tells of it.
import type { NewSchedule } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../ledger/durations.ts';
import { firstPump, newPumpInput, OPERATOR, UnitFixture } from '../unit-fixture.ts';

const MINUTE_MS = 60_000;

/** The unit begins on 1 March 2026 at 13:00 in Warsaw. */
const AT_14: NewSchedule = { pump_id: 'a', cron: '0 14 * * *', volume_ml: 5 };

async function boot(schedule: NewSchedule = AT_14) {
  const unit = await new UnitFixture().boot();
  await unit.clock.advance(1_000);
  const { id } = unit.services.schedules.create(schedule, OPERATOR);
  return { unit, id };
}

const dosesOf = (unit: UnitFixture) =>
  unit.store.all<{ dose_id: string; state: string; code: string | null }>(
    `SELECT replace(dose_id, schedule_id, 'S') AS dose_id, state, code FROM doses WHERE cause = 'schedule' ORDER BY seq`,
  );
const statesOf = (unit: UnitFixture) => dosesOf(unit).map(({ dose_id, state }) => [dose_id, state]);

/** Everything sleeps until so long before the hour, and lives through a minute and a half. */
async function liveThroughTheHour(unit: UnitFixture, hours = 1) {
  unit.clock.sleepThrough(hours * HOUR_MS - 25_000);
  await unit.clock.advance(90_000);
}

describe('a schedule that is due', () => {
  it('doses once at its instant, tells whose dose it is, and keeps when that began', async () => {
    const { unit, id } = await boot({ ...AT_14, duration_s: 20 });
    await liveThroughTheHour(unit);
    expect(statesOf(unit)).toEqual([['S.20260301T130000Z', 'done']]);
    const [dose] = unit.services.schedules.history(id, { limit: 10 }).items;
    expect(dose).toMatchObject({
      schedule_id: id,
      actor: 'schedule',
      cause: 'schedule',
      accepted_at: '2026-03-01T13:00:00.000Z',
      requested_ml: 5,
      duration_s: 20,
    });
    expect(unit.services.schedules.get(id).last_run).toBe(dose?.started_at);
    expect(unit.kinds()).not.toContain('dose_late');
  });

  it('is late and told so after a restart within its tolerance, and missed once after it', async () => {
    for (const [lateMs, state, told] of [
      [29 * MINUTE_MS, 'done', 'dose_late'],
      [31 * MINUTE_MS, 'missed', 'dose_missed'],
    ] as const) {
      const { unit, id } = await boot();
      unit.crash();
      unit.clock.sleepThrough(HOUR_MS + lateMs);
      await unit.boot();
      await unit.clock.advance(60_000);
      unit.crash();
      await unit.boot();
      await unit.clock.advance(60_000);
      expect(statesOf(unit)).toEqual([['S.20260301T130000Z', state]]);
      expect(unit.events().filter(({ kind }) => kind === 'dose_late' || kind === 'dose_missed')).toMatchObject([
        { kind: told, severity: 'warning', pump_id: 'a' },
      ]);
      expect(unit.services.schedules.get(id).last_run === null).toBe(state === 'missed');
    }
  });

  it('is skipped once where it skips what is late, and told so', async () => {
    const { unit } = await boot({ ...AT_14, missed_policy: 'skip' });
    unit.crash();
    unit.clock.sleepThrough(HOUR_MS + 5 * MINUTE_MS);
    await unit.boot();
    await unit.clock.advance(60_000);
    expect(dosesOf(unit)).toEqual([{ dose_id: 'S.20260301T130000Z', state: 'skipped', code: 'E441' }]);
    expect(unit.kinds().filter((kind) => kind === 'dose_skipped')).toHaveLength(1);
  });

  it('gives one late dose of what a pump was passed over, whatever schedules asked for it', async () => {
    const { unit } = await boot({ ...AT_14, cron: '*/10 * * * *', volume_ml: 1 });
    const { schedules } = unit.services;
    schedules.create({ pump_id: 'a', cron: '25 14 * * *', volume_ml: 2 }, OPERATOR);
    schedules.create({ pump_id: 'b', cron: '5 14 * * *', volume_ml: 2 }, OPERATOR);
    unit.crash();
    unit.clock.sleepThrough(HOUR_MS + 28 * MINUTE_MS);
    await unit.boot();
    await unit.clock.advance(60_000);
    const given = unit.store.all<{ pump_id: string; requested_ml: number }>(
      `SELECT pump_id, requested_ml FROM doses WHERE state = 'done' ORDER BY seq`,
    );
    expect(given).toEqual([
      { pump_id: 'b', requested_ml: 2 },
      { pump_id: 'a', requested_ml: 2 },
    ]);
    expect(dosesOf(unit).filter(({ code }) => code === 'E442')).toHaveLength(3);
    expect(dosesOf(unit).filter(({ code }) => code === 'E434')).toHaveLength(5);
  });

  it('is never dosed twice, whenever around its instant the unit is killed and started again', async () => {
    for (let offsetS = -1_860; offsetS <= 1_860; offsetS += 310) {
      const { unit } = await boot();
      unit.clock.sleepThrough(HOUR_MS - 25_000 + offsetS * 1000);
      await unit.clock.advance(20_000);
      unit.crash();
      await unit.clock.advance(5_000);
      await unit.boot();
      unit.clock.sleepThrough(Math.max(0, -offsetS * 1000));
      await unit.clock.advance(90_000);
      expect(statesOf(unit).map(([doseId]) => doseId)).toEqual(['S.20260301T130000Z']);
    }
  }, 20_000);

  it('is not dosed again by a clock that steps back over it, nor by an old backup', async () => {
    const { unit } = await boot();
    await liveThroughTheHour(unit);
    unit.clock.stepWall(-2 * HOUR_MS);
    await unit.clock.advance(60_000);
    unit.services.time.accept(OPERATOR);
    await unit.clock.advance(60_000);
    unit.clock.sleepThrough(2 * HOUR_MS);
    await unit.clock.advance(60_000);
    expect(statesOf(unit)).toEqual([['S.20260301T130000Z', 'done']]);
  });

  it('is not asked for by a clock that fell behind what was decided, though its mark was older than that', async () => {
    const { unit, id } = await boot();
    // Asleep: the mark of each minute was not written.
    unit.clock.sleepThrough(HOUR_MS);
    await unit.clock.advance(12_000);
    expect(statesOf(unit)).toEqual([['S.20260301T130000Z', 'running']]);
    unit.crash();
    unit.clock.stepWall(-HOUR_MS / 2);
    await unit.boot();
    await unit.clock.advance(20_000);
    expect(unit.kinds()).toContain('clock_untrusted');
    unit.services.schedules.update(id, { cron: '45 13 * * *' }, OPERATOR);
    await unit.clock.advance(20 * MINUTE_MS);
    expect(unit.kinds()).not.toContain('clock_trusted');
    await unit.clock.advance(15 * MINUTE_MS);
    expect(unit.kinds()).toContain('clock_trusted');
    expect(statesOf(unit)).toEqual([['S.20260301T130000Z', 'done']]);
  });

  it('is not dosed again after an old backup, for the agent remembers it', async () => {
    const { unit } = await boot();
    await liveThroughTheHour(unit);
    unit.store.run(`DELETE FROM container_entries WHERE kind = 'draw'`);
    unit.store.run('DELETE FROM doses');
    unit.store.run(`UPDATE schedules SET decided_until_ms = decided_until_ms - ${HOUR_MS}`);
    unit.crash();
    await unit.boot();
    await unit.clock.advance(60_000);
    expect(statesOf(unit)).toEqual([['S.20260301T130000Z', 'done']]);
    expect([...unit.agent.motions.values()]).toEqual([1]);
  });

  it('is missed where the clock jumps past its window', async () => {
    const { unit } = await boot();
    unit.clock.stepWall(HOUR_MS + 2 * DAY_MS + 45 * MINUTE_MS);
    await unit.clock.advance(60_000);
    expect(statesOf(unit)).toEqual([
      ['S.20260301T130000Z', 'missed'],
      ['S.20260302T130000Z', 'missed'],
      ['S.20260303T130000Z', 'missed'],
    ]);
  });

  it('does not fall due while it is off or paused, and what passed meanwhile is not made up for', async () => {
    const { unit, id } = await boot({ ...AT_14, paused_until: '2026-03-03' });
    expect(unit.services.schedules.get(id).next_runs[0]).toBe('2026-03-03T13:00:00.000Z');
    await liveThroughTheHour(unit, 25);
    unit.services.schedules.update(id, { paused_until: null, enabled: false }, OPERATOR);
    expect(unit.services.schedules.get(id).next_runs).toEqual([]);
    await liveThroughTheHour(unit, 24);
    unit.services.schedules.update(id, { enabled: true }, OPERATOR);
    await unit.clock.advance(20_000);
    expect(dosesOf(unit)).toEqual([]);
    await liveThroughTheHour(unit, 24);
    expect(dosesOf(unit).map(({ state }) => state)).toEqual(['done']);
  });

  it('keeps what fell due under its old rule when it is changed, and waits no more when it is removed', async () => {
    const { unit, id } = await boot();
    unit.crash();
    unit.clock.sleepThrough(3 * HOUR_MS);
    unit.start();
    unit.services.schedules.update(id, { cron: '0 15 * * *' }, OPERATOR);
    expect(statesOf(unit)).toEqual([['S.20260301T130000Z', 'missed']]);
    const second = unit.services.schedules.create({ pump_id: 'a', cron: '0 17 * * *', volume_ml: 30 }, OPERATOR);
    const third = unit.services.schedules.create({ pump_id: 'a', cron: '0 17 * * *', volume_ml: 20 }, OPERATOR);
    unit.clock.sleepThrough(HOUR_MS - 25_000);
    await unit.clock.advance(20_000 + 10_000);
    unit.services.schedules.remove(third.id, OPERATOR);
    await unit.clock.advance(300_000);
    expect(unit.services.schedules.history(second.id, { limit: 5 }).items.map(({ state }) => state)).toEqual(['done']);
    expect(() => unit.services.schedules.get(third.id)).toThrow('There is no schedule');
    expect(unit.services.doses.list({ limit: 5, schedule_id: third.id }).items).toMatchObject([
      { state: 'cancelled', reason: 'Its schedule was removed by ola.' },
    ]);
  });

  it('goes with its pump', async () => {
    const { unit } = await boot();
    unit.services.pumps.remove('a', OPERATOR);
    await liveThroughTheHour(unit);
    expect(unit.services.schedules.list()).toEqual([]);
    expect(dosesOf(unit)).toEqual([]);
  });

  it('of which thousands were passed over is dealt with whole', async () => {
    const { unit } = await boot({ ...AT_14, cron: '*/5 * * * *', volume_ml: 0.5 });
    unit.crash();
    unit.clock.sleepThrough(3 * DAY_MS);
    await unit.boot();
    await unit.clock.advance(60_000);
    const states = dosesOf(unit).map(({ state }) => state);
    expect(states).toHaveLength(3 * 288);
    expect(states.slice(0, -2).filter((state) => state !== 'missed')).toEqual([]);
    expect(states.slice(-2)).toEqual(['done', 'done']);
    expect(unit.kinds().filter((kind) => kind === 'dose_late')).toHaveLength(1);
  });
});

describe('a schedule run by hand', () => {
  it('is one dose of it for each key, by whoever asked', async () => {
    const { unit, id } = await boot();
    const { schedules } = unit.services;
    expect(schedules.run(id, OPERATOR, 'k1')).toEqual(schedules.run(id, OPERATOR, 'k1'));
    await unit.clock.advance(60_000);
    const { items } = schedules.history(id, { limit: 5 });
    expect(items).toMatchObject([{ cause: 'manual', actor: 'ola', state: 'done', requested_ml: 5, schedule_id: id }]);
    expect(schedules.get(id).last_run).toBe(items[0]?.started_at);
  });
});

describe('a pump', () => {
  it('says when it doses next', async () => {
    const { unit } = await boot();
    unit.services.schedules.create({ pump_id: 'a', cron: '30 13 * * *', volume_ml: 5 }, OPERATOR);
    expect(unit.services.pumps.get('a').next_dose_at).toBe('2026-03-01T12:30:00.000Z');
    expect(unit.services.pumps.get('b').next_dose_at).toBeNull();
  });
});

describe('what is written of a schedule', () => {
  it('has the zone of the site, a sentence, and its next runs, across both changes of clocks', async () => {
    const { unit, id } = await boot({ ...AT_14, cron: '0 8 * * *', volume_ml: 50 });
    expect(unit.services.schedules.get(id)).toMatchObject({
      pump_id: 'a',
      cron: '0 8 * * *',
      sentence: 'At 08:00, every day (Europe/Warsaw).',
      timezone: 'Europe/Warsaw',
      enabled: true,
      tolerance_s: 1800,
      missed_policy: 'late',
      created_at: '2026-03-01T12:00:01.100Z',
      last_run: null,
    });
    const runsAfter = (text: string) => {
      unit.clock.stepWall(Date.parse(text) - unit.clock.wallMs());
      return unit.services.schedules.get(id).next_runs.slice(0, 3);
    };
    expect(runsAfter('2027-03-27T00:00:00Z')).toEqual([
      '2027-03-27T07:00:00.000Z',
      '2027-03-28T06:00:00.000Z',
      '2027-03-29T06:00:00.000Z',
    ]);
    expect(runsAfter('2027-10-30T00:00:00Z')).toEqual([
      '2027-10-30T06:00:00.000Z',
      '2027-10-31T07:00:00.000Z',
      '2027-11-01T07:00:00.000Z',
    ]);
  });

  it.each([
    [{ kind: 'interval', every_min: 90 }, 'Every 1 h 30 min, first at 2026-03-01T12:01:00.000Z (Europe/Warsaw).'],
    [{ kind: 'once', date: '2026-03-02', time: '07:15' }, 'Once, at 07:15 on 2026-03-02 (Europe/Warsaw).'],
    [
      { kind: 'weekdays', days: ['mon', 'thu'], times: ['20:00', '08:00'] },
      'At 20:00 and 08:00, every Monday and Thursday (Europe/Warsaw).',
    ],
  ] as const)('of kind %o is a sentence', async (rule, sentence) => {
    const unit = await new UnitFixture().boot();
    await unit.clock.advance(1_000);
    const input = JSON.parse(JSON.stringify({ pump_id: 'a', volume_ml: 5, rule })) as NewSchedule;
    expect(unit.services.schedules.create(input, OPERATOR).sentence).toBe(sentence);
  });

  it('of windows has the total of a day to the µl', async () => {
    const windows = [
      { from: '20:00', to: '24:00' },
      { from: '06:00', to: '10:00' },
    ];
    const rule = { kind: 'windows' as const, doses_per_day: 6, daily_ml: 10, windows };
    const { unit, id } = await boot({ pump_id: 'a', rule });
    expect(unit.services.schedules.get(id)).toMatchObject({
      sentence: '6 doses a day, 10 ml in all, between 20:00 and 24:00 and 06:00 and 10:00 (Europe/Warsaw).',
      volume_ml: 1.667,
    });
    const mark = unit.services.schedules.get(id).next_runs[0];
    unit.clock.sleepThrough(Date.parse(mark ?? '') - unit.clock.wallMs() - 30_000);
    for (let hour = 0; hour < 25; hour++) {
      await unit.clock.advance(60_000);
      unit.clock.sleepThrough(HOUR_MS / 3 - 60_000);
      await unit.clock.advance(60_000);
      unit.clock.sleepThrough(HOUR_MS / 3 - 60_000);
      await unit.clock.advance(60_000);
      unit.clock.sleepThrough(HOUR_MS / 3 - 60_000);
    }
    const total = unit.store.get<{ ml: number; doses: number }>(
      `SELECT total(requested_ml) AS ml, count(*) AS doses FROM (SELECT * FROM doses WHERE cause = 'schedule' ORDER BY seq LIMIT 6)`,
    );
    expect(total?.ml).toBeCloseTo(10, 9);
  });

  it('changes the event log, with what was and what is', async () => {
    const { unit, id } = await boot();
    unit.services.schedules.update(id, { volume_ml: 6 }, OPERATOR);
    unit.services.schedules.update(id, { volume: 6 }, OPERATOR);
    unit.services.schedules.remove(id, OPERATOR);
    expect(unit.events().filter(({ kind }) => kind.startsWith('schedule_'))).toMatchObject([
      { kind: 'schedule_created', actor: 'ola', pump_id: 'a', data: { schedule_id: id, after: { volume_ml: 5 } } },
      { kind: 'schedule_changed', data: { before: { volume_ml: 5 }, after: { volume_ml: 6 } } },
      { kind: 'schedule_removed', data: { before: { cron: '0 14 * * *' } } },
    ]);
  });
});

describe('a schedule is refused', () => {
  const wrong: readonly (readonly [object, string, string, string])[] = [
    [{ cron: '0 8 * *' }, 'E402', 'cron', 'must have five fields'],
    [{ cron: '61 8 * * *' }, 'E402', 'cron', 'must have 0 to 59 as minute'],
    [{ cron: undefined }, 'E402', 'cron', 'is missing'],
    [{ rule: { kind: 'cron', expression: '* * * *' }, cron: undefined }, 'E402', 'rule.expression', 'five fields'],
    [{ rule: { kind: 'interval', every_min: 5 } }, 'E402', 'cron', 'must be left out'],
    [{ volume_ml: 101 }, 'E422', 'volume_ml', '101 ml is more than the 100 ml'],
    [{ volume_ml: 0.001 }, 'E427', 'volume_ml', 'less than'],
    [{ volume_ml: 50, duration_s: 5 }, 'E420', 'duration_s', 'at most'],
    [{ volume_ml: 5, duration_s: 700 }, 'E423', 'duration_s', 'longer than'],
    [{ cron: '*/10 * * * *', volume_ml: 40 }, 'E424', 'volume_ml', 'This plan would give 240 ml within 1 h'],
    [{ cron: '0 * * * *', volume_ml: 30 }, 'E425', 'volume_ml', 'within 24 h'],
    [{ cron: '0 */6 * * *', volume_ml: 90 }, 'E426', 'volume_ml', 'within 168 h'],
    [{ volume_ml: undefined }, 'E402', 'volume_ml', 'is missing'],
    [{ volume: 6 }, 'E402', 'volume', 'must be left out'],
    [{ pump_id: 'c' }, 'E402', 'pump_id', 'must be the id of a pump'],
    [{ pump_id: undefined }, 'E402', 'pump_id', 'is missing; it must be one of a, b'],
    [
      { cron: undefined, rule: { kind: 'once', date: '2026-02-28', time: '08:00' } },
      'E402',
      'rule.date',
      'must lie ahead',
    ],
    [
      { cron: undefined, rule: { kind: 'weekdays', days: ['mon', 'mon'], times: ['08:00'] } },
      'E402',
      'rule.days[1]',
      'must be named once',
    ],
  ];
  const windows = (change: object) => ({
    cron: undefined,
    volume_ml: undefined,
    rule: { kind: 'windows', doses_per_day: 4, daily_ml: 10, windows: [{ from: '08:00', to: '10:00' }], ...change },
  });
  const wrongWindows: typeof wrong = [
    [windows({ windows: [{ from: '08:00', to: '08:00' }] }), 'E402', 'rule.windows[0].to', 'the window is empty'],
    [
      windows({
        windows: [
          { from: '09:00', to: '11:00' },
          { from: '08:00', to: '09:01' },
        ],
      }),
      'E402',
      'rule.windows[1]',
      'must end before',
    ],
    [windows({ doses_per_day: 121 }), 'E402', 'rule.doses_per_day', 'which have 120'],
    [windows({ daily_ml: 0.002 }), 'E402', 'rule.daily_ml', 'must be at least 0.001 ml for each'],
    [windows({ daily_ml: 500 }), 'E422', 'rule.daily_ml', 'more than the 100 ml'],
    [{ ...windows({}), volume_ml: 5 }, 'E402', 'volume_ml', 'must be left out'],
  ];

  it.each([...wrong, ...wrongWindows])('%o with %s at %s', async (change, code, path, words) => {
    const unit = await new UnitFixture().boot();
    const input = JSON.parse(JSON.stringify({ ...AT_14, ...change })) as NewSchedule;
    const told = unit.kinds().length;
    const create = () => unit.services.schedules.create(input, OPERATOR);
    expect(create).toThrow(
      expect.objectContaining({
        code,
        errors: expect.arrayContaining([{ path, message: expect.stringContaining(words) }]),
      }),
    );
    expect(unit.services.schedules.list()).toEqual([]);
    expect(unit.kinds().length).toBe(told);
  });

  it('by the limits of a pump that was never calibrated, too; the pump need not be named where there is one', async () => {
    const unit = await new UnitFixture({ firstPumps: [{ ...newPumpInput('only'), calibrationRuns: [] }] }).boot();
    const { schedules } = unit.services;
    expect(schedules.create({ cron: '0 8 * * *', volume: 50 }, OPERATOR)).toMatchObject({ pump_id: 'only' });
    expect(() => schedules.create({ cron: '0 8 * * *', volume: 101 }, OPERATOR)).toThrow('more than the 100 ml');
  });

  it('but can always be switched off', async () => {
    const unit = await new UnitFixture({ firstPumps: [firstPump('a')] }).boot();
    const { schedules, pumps } = unit.services;
    const { id } = schedules.create(AT_14, OPERATOR);
    pumps.update('a', { limits: { single_ml: 1 } }, OPERATOR);
    expect(() => schedules.update(id, { tolerance_s: 60 }, OPERATOR)).toThrow('more than the 1 ml');
    expect(schedules.update(id, { enabled: false }, OPERATOR).enabled).toBe(false);
    expect(() => schedules.update(id, { enabled: true }, OPERATOR)).toThrow('more than the 1 ml');
  });
});
