// Proves that weekly plans dose each slot once, late only, through restarts, queues and clocks (I8, I9, P20, P21, P22), and
// that the unit's answers are those of its specification to the letter.
import { DosingConfig, DosingStatus } from '@perista/protocol/api';
import { EXAMPLE_CHANNEL } from '@perista/protocol/api/example-channel';
import { describe, expect, it } from 'vitest';
import { OPERATOR, UnitFixture } from '../unit-fixture.ts';
import { EXAMPLE_PLAN, relayPump } from './relay-unit-fixture.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A unit of six relays at noon UTC, 1 March 2026, a Sunday. */
const boot = () => new UnitFixture({ firstPumps: [1, 2, 3, 4, 5, 6].map((channel) => relayPump(channel)) }).boot();

async function bootWithPlan() {
  const unit = await boot();
  unit.services.dosingUnit.configure([{ id: 1, ...EXAMPLE_PLAN }], OPERATOR);
  await unit.clock.advance(1_000);
  return unit;
}

const slots = (unit: UnitFixture) =>
  unit.store.all<{ dose_id: string; state: string }>(
    `SELECT dose_id, state FROM doses WHERE cause = 'schedule' ORDER BY seq`,
  );

describe('the configuration of a channel', () => {
  it("is the specification's example, field by field", async () => {
    const unit = await bootWithPlan();
    const { channels } = DosingConfig.parse(unit.services.dosingUnit.config());
    expect(channels[0]).toEqual({ ...EXAMPLE_CHANNEL, status_morning: 'disabled', status_evening: 'disabled' });
    expect(channels.map(({ dosing_times_utc }) => dosing_times_utc)).toEqual([
      [0, 43_200],
      ...[7_200, 14_400, 21_600, 28_800, 36_000].map((second) => [second]),
    ]);
    unit.clock.sleepThrough(12 * HOUR_MS - 5_000);
    await unit.clock.advance(80_000);
    expect(unit.services.dosingUnit.config().channels[0]).toEqual(EXAMPLE_CHANNEL);
  });

  it('tells of a change with old and new values, and takes back what it has said itself', async () => {
    const unit = await bootWithPlan();
    const { dosingUnit } = unit.services;
    const same = dosingUnit.config().channels[0];
    if (same === undefined) throw new Error('no channel');
    const told = unit.kinds().length;
    dosingUnit.configure([same], OPERATOR);
    expect(unit.kinds().length).toBe(told);
    dosingUnit.configure([{ id: 1, weekly_dosing_value: 210 }], OPERATOR);
    expect(unit.events().at(-1)).toMatchObject({
      kind: 'channel_changed',
      pump_id: 'relay-1',
      actor: 'ola',
      data: {
        channel_id: 1,
        before: { weekly_dosing_value: 217, single_dose_volume: 15.5, dosing_duration: 47 },
        after: { weekly_dosing_value: 210, single_dose_volume: 15, dosing_duration: 45 },
      },
    });
  });

  it.each([
    [{ id: 1, single_dose_volume: 16 }, 'single_dose_volume follows from the other fields and would be 15.5'],
    [{ id: 1, weekly_schedule: 0 }, 'weekly_schedule must have at least one day'],
    [{ id: 1, weekly_dosing_value: 560 }, 'most that a week of its days can give is 554.4 ml: its limit duration_s'],
    [{ id: 1, weekly_dosing_value: 701, dosing_rate: 0.6 }, 'is 700 ml: its limit single_ml'],
    [{ id: 2, enabled: true }, 'weekly_dosing_value must be set before'],
    [{ id: 2, enabled: true, weekly_dosing_value: 70 }, 'dosing_rate must be set or measured before'],
    [{ id: 1, dosing_rate: 5 }, '5 ml/s is more than'],
  ])('refuses %o, and nothing of what came with it', async (patch, words) => {
    const unit = await bootWithPlan();
    const { dosingUnit } = unit.services;
    const before = dosingUnit.config();
    expect(() => dosingUnit.configure([{ id: 3, dosing_rate: 0.5 }, patch], OPERATOR)).toThrow(words);
    expect(dosingUnit.config()).toEqual(before);
  });

  it('names each channel once, and only those that have a pump', async () => {
    const { dosingUnit } = (await boot()).services;
    expect(() => dosingUnit.configure([{ id: 1 }, { id: 1 }], OPERATOR)).toThrow('has 1 twice');
    const without = await new UnitFixture().boot();
    expect(() => without.services.dosingUnit.configure([{ id: 2 }], OPERATOR)).toThrow('There is no channel 2');
  });
});

describe('a slot', () => {
  it('is dosed at its instant, for its volume, once', async () => {
    const unit = await bootWithPlan();
    unit.clock.sleepThrough(12 * HOUR_MS - 20_000);
    await unit.clock.advance(15_000);
    expect(slots(unit)).toEqual([]);
    await unit.clock.advance(100_000);
    unit.clock.sleepThrough(12 * HOUR_MS - 60_000);
    await unit.clock.advance(100_000);
    expect(slots(unit)).toEqual([
      { dose_id: 'relay-1.20514.morning', state: 'done' },
      { dose_id: 'relay-1.20514.evening', state: 'done' },
    ]);
    expect(unit.services.doses.get('relay-1.20514.morning')).toMatchObject({
      accepted_at: '2026-03-02T00:00:00.000Z',
      requested_ml: 15.5,
      duration_s: 46.97,
      cause: 'schedule',
      actor: 'weekly-plan',
    });
  });

  it('is dosed late after a restart inside its window, and missed exactly once after it', async () => {
    for (const [downMs, state] of [
      [12 * HOUR_MS + 1_700_000, 'done'],
      [12 * HOUR_MS + 1_900_000, 'missed'],
    ] as const) {
      const unit = await bootWithPlan();
      unit.crash();
      unit.clock.sleepThrough(downMs);
      await unit.boot();
      await unit.clock.advance(120_000);
      unit.crash();
      await unit.boot();
      await unit.clock.advance(120_000);
      expect(slots(unit)).toEqual([{ dose_id: 'relay-1.20514.morning', state }]);
      expect(unit.kinds().filter((kind) => kind === 'dose_missed')).toHaveLength(state === 'missed' ? 1 : 0);
    }
  });

  it('is never dosed twice, whenever around its instant the unit is killed and started again', async () => {
    for (let offsetS = -1_860; offsetS <= 1_860; offsetS += 310) {
      const unit = await bootWithPlan();
      unit.clock.sleepThrough(12 * HOUR_MS - 25_000 + offsetS * 1000);
      await unit.clock.advance(20_000);
      unit.crash();
      await unit.clock.advance(5_000);
      await unit.boot();
      unit.clock.sleepThrough(Math.max(0, -offsetS * 1000));
      await unit.clock.advance(90_000);
      const ends = slots(unit).map(({ dose_id }) => dose_id);
      expect(ends).toEqual(['relay-1.20514.morning']);
    }
  }, 20_000);

  it('of the past is not made up for when a plan is set, and stays with the plan it fell due under', async () => {
    const unit = await bootWithPlan();
    unit.clock.sleepThrough(12 * HOUR_MS - 5_000);
    await unit.clock.advance(80_000);
    unit.services.dosingUnit.configure([{ id: 1, weekly_dosing_value: 140 }], OPERATOR);
    unit.services.dosingUnit.configure([{ id: 1, enabled: false }], OPERATOR);
    unit.services.dosingUnit.configure([{ id: 1, enabled: true }], OPERATOR);
    await unit.clock.advance(20_000);
    expect(slots(unit)).toEqual([{ dose_id: 'relay-1.20514.morning', state: 'done' }]);
  });

  it('waits for a clock that shows an earlier time than before, and is missed where the clock jumps past it', async () => {
    const unit = await bootWithPlan();
    unit.clock.stepWall(-2 * HOUR_MS);
    await unit.clock.advance(60_000);
    expect(unit.kinds().filter((kind) => kind === 'clock_untrusted')).toHaveLength(1);
    expect(DosingStatus.parse(unit.services.dosingUnit.status())).toMatchObject({
      system_enabled: false,
      disabled_by: [{ code: 'E413' }],
    });
    expect(unit.services.dosingUnit.manualDose({ channel_id: 1 }, OPERATOR).kind).toBe('accepted');
    unit.clock.stepWall(2 * HOUR_MS + 2 * DAY_MS);
    await unit.clock.advance(100_000);
    expect(unit.kinds().filter((kind) => kind === 'clock_trusted')).toHaveLength(1);
    expect(slots(unit)).toEqual([
      { dose_id: 'relay-1.20514.morning', state: 'missed' },
      { dose_id: 'relay-1.20514.evening', state: 'missed' },
      { dose_id: 'relay-1.20515.morning', state: 'missed' },
      { dose_id: 'relay-1.20515.evening', state: 'done' },
    ]);
  });

  it('that fell due by a clock that nobody trusts is missed, also if the plan is changed just then', async () => {
    const unit = await bootWithPlan();
    unit.crash();
    unit.clock.sleepThrough(13 * HOUR_MS);
    unit.isSynchronised = false;
    unit.bootId = 'second';
    await unit.boot();
    const { dosingUnit } = unit.services;
    dosingUnit.configure([{ id: 1, weekly_dosing_value: 210 }], OPERATOR);
    expect(slots(unit)).toEqual([{ dose_id: 'relay-1.20514.morning', state: 'missed' }]);
    expect(DosingStatus.parse(dosingUnit.status()).channels[0]?.morning).toMatchObject({
      status: 'missed',
      code: 'E440',
      reason: expect.stringContaining('No time server has set the clock'),
    });
  });

  it('is dosed though its plan was changed while the clock showed a year far ahead', async () => {
    const unit = await bootWithPlan();
    const { dosingUnit, time } = unit.services;
    const yearsMs = 150 * 365 * DAY_MS;
    unit.clock.stepWall(yearsMs);
    dosingUnit.configure([{ id: 1, weekly_dosing_value: 210 }], OPERATOR);
    expect(() => time.accept(OPERATOR)).toThrow('before 2024 or after 2099');
    unit.clock.stepWall(-yearsMs);
    await unit.clock.advance(11_000);
    expect(dosingUnit.status().system_enabled).toBe(true);
    unit.clock.sleepThrough(12 * HOUR_MS - 60_000);
    await unit.clock.advance(120_000);
    expect(slots(unit)).toEqual([{ dose_id: 'relay-1.20514.morning', state: 'done' }]);
  });

  it('is dosed after a clock that was ahead for a while, as soon as somebody says that the time is right', async () => {
    const unit = await bootWithPlan();
    const { dosingUnit, time } = unit.services;
    unit.clock.stepWall(3 * HOUR_MS);
    dosingUnit.configure([{ id: 1, weekly_dosing_value: 210 }], OPERATOR);
    unit.clock.sleepThrough(61_000);
    await unit.clock.advance(61_000);
    unit.clock.stepWall(-3 * HOUR_MS);
    await unit.clock.advance(11_000);
    expect(dosingUnit.status().disabled_by).toMatchObject([{ code: 'E413' }]);
    time.accept(OPERATOR);
    time.accept(OPERATOR);
    expect(unit.events().filter(({ kind }) => kind === 'time_accepted')).toMatchObject([
      { actor: 'ola', severity: 'warning' },
    ]);
    expect(dosingUnit.status().system_enabled).toBe(true);
    unit.clock.sleepThrough(12 * HOUR_MS - 160_000);
    await unit.clock.advance(100_000);
    expect(slots(unit)).toEqual([{ dose_id: 'relay-1.20514.morning', state: 'done' }]);
  });

  it('moves with the number of channels, and neither twice nor never falls due when that changes', async () => {
    const unit = await bootWithPlan();
    const { dosingUnit } = unit.services;
    dosingUnit.configure([{ id: 3, ...EXAMPLE_PLAN }], OPERATOR);
    const times = () =>
      unit.services.dosingUnit
        .config()
        .channels.slice(0, 3)
        .map((channel) => channel.dosing_times_utc);
    expect(times()).toEqual([[0, 43_200], [7_200], [14_400, 57_600]]);
    unit.crash();
    unit.clock.sleepThrough(17 * HOUR_MS);
    unit.channelCount = 3;
    await unit.boot();
    expect(times()).toEqual([[0, 43_200], [14_400], [28_800, 72_000]]);
    expect(unit.events().filter(({ kind }) => kind === 'channel_count_changed')).toHaveLength(1);
    unit.clock.sleepThrough(4 * HOUR_MS - 60_000);
    await unit.clock.advance(120_000);
    expect(slots(unit)).toEqual([
      { dose_id: 'relay-3.20513.evening', state: 'missed' },
      { dose_id: 'relay-1.20514.morning', state: 'missed' },
      { dose_id: 'relay-3.20514.morning', state: 'missed' },
    ]);
    unit.clock.sleepThrough(11 * HOUR_MS);
    await unit.clock.advance(120_000);
    expect(slots(unit).at(-1)).toEqual({ dose_id: 'relay-3.20514.evening', state: 'done' });
  });

  it('stays where it is while a dose is open', async () => {
    const unit = await bootWithPlan();
    unit.services.dosingUnit.manualDose({ channel_id: 1 }, OPERATOR);
    await unit.clock.advance(1_000);
    unit.crash();
    unit.channelCount = 3;
    await unit.boot();
    expect(unit.services.dosingUnit.config().channels[1]?.dosing_times_utc).toEqual([7_200]);
    expect(unit.kinds()).toContain('channel_count_kept');
  });

  it('that meets the emergency stop is refused, and shows as missed with the reason', async () => {
    const unit = await bootWithPlan();
    await unit.clock.until(unit.services.stops.engage(OPERATOR));
    unit.clock.sleepThrough(12 * HOUR_MS);
    await unit.clock.advance(20_000);
    const { channels, system_enabled } = DosingStatus.parse(unit.services.dosingUnit.status());
    expect(system_enabled).toBe(false);
    expect(channels[0]?.morning).toMatchObject({ status: 'missed', code: 'E430', partial: false });
  });
});

describe('the unit', () => {
  it('runs six doses by hand one after the other, and tells which is active and which wait', async () => {
    const unit = await boot();
    const { dosingUnit } = unit.services;
    const all = [1, 2, 3, 4, 5, 6];
    dosingUnit.configure(
      all.map((id) => ({ id, dosing_rate: 0.5, weekly_dosing_value: 70 })),
      OPERATOR,
    );
    await unit.clock.advance(1_000);
    const answers = all.map((id) => dosingUnit.manualDose({ channel_id: id }, OPERATOR, `k-${id}`));
    expect(answers.map((each) => each.kind === 'accepted' && each.answer.queue_position)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(dosingUnit.manualDose({ channel_id: 2 }, OPERATOR, 'k-2')).toEqual(answers[1]);
    const reasons = () => dosingUnit.status().queue.map(({ reason }) => reason);
    expect(reasons()).toEqual(Array(5).fill('Channel 1 is before it; one pump runs at a time.'));
    await unit.clock.advance(1_000);
    const status = DosingStatus.parse(dosingUnit.status());
    expect(status).toMatchObject({
      utc_time: '2026-03-01T12:00:02.100Z',
      local_time: '2026-03-01T13:00:02.1+01:00',
      timezone: 'Europe/Warsaw',
      active_channel: 1,
    });
    expect(status.queue.map(({ channel_id }) => channel_id)).toEqual([2, 3, 4, 5, 6]);
    expect(reasons()).toEqual(Array(5).fill('Channel 1 is dosing; one pump runs at a time.'));
    await unit.clock.advance(150_000);
    const over = DosingStatus.parse(dosingUnit.status());
    expect(over).toMatchObject({ active_channel: null, queue: [] });
    expect(over.channels.every(({ dosed_today_ml }) => dosed_today_ml > 0)).toBe(true);
  });

  it('refuses the single dose of a channel that has none', async () => {
    const unit = await boot();
    expect(() => unit.services.dosingUnit.manualDose({ channel_id: 1 }, OPERATOR)).toThrow('has no single dose');
  });

  it('is calibrated by a run of 30 s and what was measured, once for each run', async () => {
    const unit = await boot();
    const { dosingUnit } = unit.services;
    expect(() => dosingUnit.finishCalibration(1, 9.9, OPERATOR)).toThrow('no whole calibration run');
    const started = dosingUnit.startCalibration(1, OPERATOR);
    expect(started).toMatchObject({ kind: 'accepted', answer: { channel_id: 1, state: 'accepted', duration_s: 30 } });
    expect(dosingUnit.startCalibration(2, OPERATOR)).toMatchObject({ kind: 'refused', refusal: { reason: 'busy' } });
    await unit.clock.advance(60_000);
    expect(dosingUnit.status().channels[0]?.calibration_run_id).toBe(
      started.kind === 'accepted' ? started.answer.run_id : '',
    );
    expect(dosingUnit.finishCalibration(1, 9.9, OPERATOR)).toMatchObject({ duration_s: 30, dosing_rate: 0.33 });
    expect(dosingUnit.config().channels[0]?.dosing_rate).toBe(0.33);
    expect(dosingUnit.status().channels[0]?.calibration_run_id).toBeNull();
    expect(() => dosingUnit.finishCalibration(1, 9.9, OPERATOR)).toThrow('no whole calibration run');
    expect(unit.kinds()).toContain('pump_calibrated');
  });
});
