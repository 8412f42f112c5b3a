// Proves that plans come back from the image when their database is lost, dose nothing until a person has confirmed them, and
// are never made up for; and that a new unit is not taken for one that has lost anything (P22).
import { DosingStatus } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import { OPERATOR, type UnitFixture } from '../unit-fixture.ts';
import { bootWithImage, bootWithPlan, HOUR_MS, PLAN } from './image-fixture.ts';
import { markImageImported } from './mark-imported.ts';

const status = (unit: UnitFixture) => DosingStatus.parse(unit.services.dosingUnit.status());
const imageEvents = (unit: UnitFixture) => unit.events().filter(({ kind }) => kind.startsWith('unit_image'));
const slots = (unit: UnitFixture) =>
  unit.services.doses
    .list({ limit: 99 })
    .items.filter(({ cause }) => cause === 'schedule')
    .map(({ dose_id, state, code }) => [dose_id, state, code]);

async function loseDatabase(unit: UnitFixture): Promise<void> {
  unit.crash();
  unit.loseDatabase();
  await unit.boot();
  await unit.clock.advance(1_000);
}

const OFF = [{ code: 'E439', reason: expect.stringContaining('nobody has confirmed it') }];

describe('a database that is lost', () => {
  it('gets its plans and rates back from the image, and nothing is dosed by plan', async () => {
    const { unit, image } = await bootWithPlan();
    const before = unit.services.dosingUnit.config();
    const { config, puts } = image;
    await loseDatabase(unit);
    expect(unit.services.dosingUnit.config()).toEqual(before);
    expect(status(unit)).toMatchObject({ system_enabled: false, disabled_by: OFF });
    expect(imageEvents(unit)).toMatchObject([
      {
        kind: 'unit_image_taken_over',
        severity: 'alarm',
        data: {
          channels: [{ channel_id: 1, weekly_dosing_value: 217, dosing_rate: 0.33, enabled: true }],
          left_behind: [],
          channel_count: 6,
          damaged: [],
        },
      },
    ]);
    expect([image.config, image.puts]).toEqual([config, puts]);
    expect(unit.services.dosingUnit.manualDose({ channel_id: 1 }, OPERATOR).kind).toBe('accepted');
  });

  it('misses each slot while nobody confirms, with that reason, through restarts', async () => {
    const { unit } = await bootWithPlan();
    await loseDatabase(unit);
    unit.clock.sleepThrough(12 * HOUR_MS - 60_000);
    await unit.clock.advance(120_000);
    expect(slots(unit)).toEqual([]);
    unit.crash();
    await unit.boot();
    unit.clock.sleepThrough(12 * HOUR_MS + 31 * 60_000);
    await unit.clock.advance(20_000);
    expect(slots(unit)).toEqual([
      ['relay-1.20514.evening', 'missed', 'E439'],
      ['relay-1.20514.morning', 'missed', 'E439'],
    ]);
    expect(unit.agent.motions.size).toBe(0);
    unit.services.dosingUnit.confirm(OPERATOR);
    await unit.clock.advance(120_000);
    expect(unit.agent.motions.size).toBe(0);
    unit.clock.sleepThrough(12 * HOUR_MS - 31 * 60_000);
    await unit.clock.advance(120_000);
    expect(slots(unit)[0]).toEqual(['relay-1.20515.morning', 'done', null]);
  });

  it('doses a slot that is in its window when a person confirms, and none that was due before the plan came back', async () => {
    const { unit, image } = await bootWithPlan();
    unit.agent.kill();
    unit.crash();
    unit.loseDatabase();
    unit.clock.sleepThrough(12 * HOUR_MS + 60_000);
    unit.agent.restart();
    await unit.boot();
    await unit.clock.advance(1_000);
    unit.services.dosingUnit.confirm(OPERATOR);
    await unit.clock.advance(120_000);
    expect(slots(unit)).toEqual([]);
    await loseDatabase(unit);
    unit.clock.sleepThrough(12 * HOUR_MS);
    await unit.clock.advance(20_000);
    expect(status(unit).channels[0]?.evening.status).toBe('pending');
    expect(unit.services.dosingUnit.confirm(OPERATOR)).toMatchObject({ system_enabled: true, disabled_by: [] });
    await unit.clock.advance(120_000);
    expect(slots(unit)).toEqual([['relay-1.20514.evening', 'done', null]]);
    expect(image.views[0]).toMatchObject({ dosesCompletedToday: 1 });
  });

  it('is confirmed once, by name, and from then on the image follows again', async () => {
    const { unit, image } = await bootWithPlan();
    await loseDatabase(unit);
    unit.services.dosingUnit.confirm(OPERATOR);
    expect(imageEvents(unit).at(-1)).toMatchObject({ kind: 'unit_image_confirmed', actor: 'ola' });
    expect(() => unit.services.dosingUnit.confirm(OPERATOR)).toThrow(expect.objectContaining({ code: 'E406' }));
    unit.services.dosingUnit.configure([{ id: 1, weekly_dosing_value: 140 }], OPERATOR);
    await unit.clock.advance(1_000);
    expect(image.config?.channels[0]?.weeklyDosingValueMl).toBe(140);
    unit.crash();
    await unit.boot();
    await unit.clock.advance(1_000);
    expect(status(unit).disabled_by).toEqual([]);
  });

  it('leaves behind what its pump may not give, and what is damaged is told and not guessed', async () => {
    const { unit, image } = await bootWithPlan();
    unit.services.dosingUnit.configure([{ ...PLAN, id: 2 }], OPERATOR);
    unit.services.dosingUnit.configure([{ ...PLAN, id: 3 }], OPERATOR);
    await unit.clock.advance(1_000);
    const second = image.config?.channels[1];
    if (second !== undefined) second.weeklyDosingValueMl = 900;
    image.damaged = [{ name: 'ChannelConfig[2]', channel: 3, reason: 'CRC is 0x1' }];
    await loseDatabase(unit);
    const { channels } = unit.services.dosingUnit.config();
    expect(channels.map(({ enabled }) => enabled)).toEqual([true, false, false, false, false, false]);
    expect(imageEvents(unit).map(({ kind }) => kind)).toEqual(['unit_image_damaged', 'unit_image_taken_over']);
    expect(imageEvents(unit)[1]?.data).toMatchObject({
      channels: [{ channel_id: 1 }],
      left_behind: [{ channel_id: 2, weekly_dosing_value: 900, reason: expect.stringContaining('554.4 ml') }],
      damaged: ['ChannelConfig[2]'],
    });
    expect(image.damaged).toHaveLength(1);
  });

  it('with all plans damaged doses nothing either, before a person has looked', async () => {
    const { unit, image } = await bootWithImage();
    image.damaged = [{ name: 'ChannelConfig[0]', channel: 1, reason: 'CRC is 0x1' }];
    await loseDatabase(unit);
    expect(status(unit)).toMatchObject({ system_enabled: false, disabled_by: OFF });
  });
});

describe('the time that an image remembers', () => {
  const BACK_MS = 3 * 24 * HOUR_MS;
  const codes = (unit: UnitFixture) => status(unit).disabled_by.map(({ code }) => code);

  it('is known to a database that begins anew, which trusts no clock that shows less', async () => {
    const { unit } = await bootWithPlan();
    unit.clock.stepWall(-BACK_MS);
    await loseDatabase(unit);
    expect(codes(unit)).toEqual(['E439', 'E413']);
  });

  it('of another unit says nothing of this one', async () => {
    const { unit, image } = await bootWithPlan();
    markImageImported(unit.store, unit.clock.wallMs());
    if (image.mark !== null) image.mark.highWaterMarkS += BACK_MS / 1000;
    unit.crash();
    await unit.boot();
    await unit.clock.advance(1_000);
    expect(codes(unit)).toEqual(['E439']);
  });
});

describe('an image that was imported', () => {
  it('takes the place of the plans in the database, which dose nothing from the first instant on', async () => {
    const { unit, image } = await bootWithPlan();
    unit.services.dosingUnit.configure([{ ...PLAN, id: 2 }], OPERATOR);
    await unit.clock.advance(1_000);
    markImageImported(unit.store, unit.clock.wallMs());
    const [first, second] = image.config?.channels ?? [];
    if (first === undefined || second === undefined) throw new Error('no channels');
    first.weeklyDosingValueMl = 70;
    Object.assign(second, { enabled: false, weeklyDosingValueMl: 0 });
    unit.crash();
    unit.agent.kill();
    unit.clock.sleepThrough(12 * HOUR_MS);
    await unit.boot();
    await unit.clock.advance(20_000);
    expect(status(unit)).toMatchObject({ system_enabled: false, disabled_by: OFF });
    unit.agent.restart();
    await unit.clock.advance(5_000);
    const plans = () =>
      unit.services.dosingUnit
        .config()
        .channels.map(({ enabled, weekly_dosing_value }) => [enabled, weekly_dosing_value]);
    expect(plans().slice(0, 2)).toEqual([
      [true, 70],
      [false, 0],
    ]);
    unit.services.dosingUnit.confirm(OPERATOR);
    await unit.clock.advance(120_000);
    expect(unit.agent.motions.size).toBe(0);
  });
});

describe('a slot that was accepted before an image was imported', () => {
  it('does not begin by a plan that nobody has confirmed, and begins in its window once somebody has', async () => {
    for (const isConfirmed of [false, true]) {
      const { unit } = await bootWithPlan();
      unit.agent.kill();
      unit.clock.sleepThrough(12 * HOUR_MS - 10_000);
      await unit.clock.advance(20_000);
      expect(unit.services.doses.get('relay-1.20514.morning').state).toBe('accepted');
      markImageImported(unit.store, unit.clock.wallMs());
      unit.crash();
      unit.agent.restart();
      await unit.boot();
      await unit.clock.advance(60_000);
      expect(unit.agent.motions.size).toBe(0);
      if (isConfirmed) unit.services.dosingUnit.confirm(OPERATOR);
      await unit.clock.advance(isConfirmed ? 60_000 : 29 * 60_000);
      const { state, reason } = unit.services.doses.get('relay-1.20514.morning');
      expect([state, reason?.includes('nobody has confirmed it yet')]).toEqual(
        isConfirmed ? ['done', undefined] : ['missed', true],
      );
    }
  });
});

describe('a unit that has lost nothing', () => {
  it('is new: its pumps are calibrated by their maker and not planned, with a blank image and with its own', async () => {
    const { unit } = await bootWithImage();
    expect(status(unit)).toMatchObject({ system_enabled: true, disabled_by: [] });
    await loseDatabase(unit);
    expect(status(unit)).toMatchObject({ system_enabled: true, disabled_by: [] });
    expect(imageEvents(unit)).toEqual([]);
    expect(() => unit.services.dosingUnit.confirm(OPERATOR)).toThrow('No plan waits');
  });

  it('has plans of its own, whatever an image says that it meets for the first time', async () => {
    const { unit, image } = await bootWithPlan();
    const config = image.config;
    image.config = null;
    await loseDatabase(unit);
    unit.crash();
    unit.agent.image = null;
    await unit.boot();
    unit.services.dosingUnit.configure([{ ...PLAN, weekly_dosing_value: 70 }], OPERATOR);
    unit.agent.image = image;
    image.config = config;
    unit.agent.restart();
    await unit.clock.advance(5_000);
    expect(status(unit).system_enabled).toBe(true);
    expect(image.config?.channels[0]?.weeklyDosingValueMl).toBe(70);
  });

  it('loses a rate that only the image has as little as a plan', async () => {
    const { unit } = await bootWithImage();
    unit.services.dosingUnit.configure([{ id: 4, dosing_rate: 0.5 }], OPERATOR);
    await unit.clock.advance(1_000);
    await loseDatabase(unit);
    expect(unit.services.dosingUnit.config().channels[3]?.dosing_rate).toBe(0.5);
    expect(status(unit).system_enabled).toBe(false);
  });
});
