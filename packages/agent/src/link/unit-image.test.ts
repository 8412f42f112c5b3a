// Proves that the image of a dosing unit is kept over the link to the byte, that what is damaged is told and nothing stands in
// for it, and that neither a wrong value nor a dead chip keeps the agent from dosing (P24).
import type { UnitImage } from '@perista/protocol/link';
import { describe, expect, it } from 'vitest';
import { AgentRig, relaySetup, startDose } from '../fakes/fake-rig.ts';

const PLAN = {
  enabled: true,
  weeklySchedule: 31,
  dailySchedule: 2,
  weeklyDosingValueMl: 217.5,
  dosingRateMlPerS: 0.33,
};
const OFF = { enabled: false, weeklySchedule: 127, dailySchedule: 1, weeklyDosingValueMl: 0, dosingRateMlPerS: 0 };
const SYSTEM = { channelCount: 6, systemEnabled: true, version: 1 };
const VIEW = {
  dosesCompletedToday: 1,
  currentUtcDay: 20_514,
  lastDoseTimestamp: [1_772_409_600, 0],
  volumeMl: 15.5,
  lastResetUtcDay: 20_514,
};
const NOTHING = { ...VIEW, dosesCompletedToday: 0, lastDoseTimestamp: [0, 0], volumeMl: 0 };

const config = (first: Partial<typeof PLAN> = {}, system: Partial<typeof SYSTEM> = {}) => ({
  case: 'putUnitConfig' as const,
  value: { image: { system: { ...SYSTEM, ...system }, channels: [{ ...PLAN, ...first }, OFF, OFF, OFF, OFF, OFF] } },
});
const MARK = { highWaterMarkS: 1_772_409_660, epoch: 7 };
const views = (first: Partial<typeof VIEW> = {}) => ({
  case: 'putDailyView' as const,
  value: {
    channels: [{ ...VIEW, ...first }, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING],
    mark: MARK,
  },
});

async function openRig(): Promise<AgentRig> {
  const rig = new AgentRig({ pumps: new Map() });
  await rig.start();
  await rig.open(1n, [relaySetup(1)]);
  return rig;
}

async function successorOf(rig: AgentRig): Promise<AgentRig> {
  rig.kill();
  const next = rig.successor();
  await next.start();
  await next.live(next.controller.hello(2n));
  return next;
}

async function imageOf(rig: AgentRig): Promise<UnitImage> {
  const reply = await rig.ask({ case: 'getUnitImage', value: {} });
  if (reply.case !== 'unitImage') throw new Error(`the answer is ${JSON.stringify(reply)}`);
  return reply.value;
}

async function words(rig: AgentRig, request: Parameters<AgentRig['ask']>[0]): Promise<string> {
  const reply = await rig.ask(request);
  return reply.case === 'failure' ? `${reply.value.code} ${reply.value.message}` : String(reply.case);
}

describe('the image', () => {
  it('of a new unit is blank, and then holds what was put into it, also for the next run of the agent', async () => {
    const rig = await openRig();
    const blank = await imageOf(rig);
    expect([blank.isPresent, blank.system, blank.damaged]).toEqual([true, undefined, []]);
    expect(blank.channels.map(({ config, view }) => [config, view])).toEqual(
      Array.from({ length: 6 }, () => [undefined, undefined]),
    );
    expect((await rig.ask(config())).case).toBe('done');
    expect((await rig.ask(views())).case).toBe('done');
    for (const read of [() => imageOf(rig), async () => imageOf(await successorOf(rig))]) {
      const { system, channels, damaged, mark } = await read();
      expect([system, mark]).toMatchObject([SYSTEM, MARK]);
      expect(channels[0]).toMatchObject({ config: PLAN, view: VIEW });
      expect(channels[5]).toMatchObject({ config: OFF, view: NOTHING });
      expect(damaged).toEqual([]);
    }
  });

  it('has its fields where the map says', async () => {
    const rig = await openRig();
    await rig.ask(config());
    await rig.ask(views());
    const bytes = new DataView(rig.fram.memory.buffer);
    expect([bytes.getUint8(0x0500), bytes.getUint8(0x0501), bytes.getUint16(0x0502, true)]).toEqual([6, 1, 1]);
    expect([bytes.getUint8(0x0540), bytes.getUint8(0x0541), bytes.getUint16(0x0542, true)]).toEqual([31, 2, 217]);
    expect(bytes.getFloat32(0x0544, true)).toBe(Math.fround(0.33));
    expect(bytes.getUint32(0x054c, true)).toBe(1_772_409_600);
    expect([bytes.getUint8(0x0554), bytes.getUint32(0x0558, true), bytes.getUint16(0x055c, true)]).toEqual([
      1, 20_514, 5,
    ]);
    expect([bytes.getFloat32(0x0660, true), bytes.getUint32(0x0664, true)]).toEqual([15.5, 20_514]);
    expect([bytes.getUint32(0x06c0, true), bytes.getUint32(0x06c4, true)]).toEqual([1_772_409_660, 7]);
  });

  it('keeps the view of a channel when its plan changes, and writes no record that would not change', async () => {
    const rig = await openRig();
    await rig.ask(config());
    await rig.ask(views());
    const before = rig.fram.memory.slice();
    await rig.ask(config());
    await rig.ask(views());
    expect(rig.fram.memory).toEqual(before);
    await rig.ask(config({ weeklyDosingValueMl: 140 }));
    expect((await imageOf(rig)).channels[0]).toMatchObject({ config: { weeklyDosingValueMl: 140 }, view: VIEW });
    const changed = [...rig.fram.memory.keys()].filter((index) => rig.fram.memory[index] !== before[index]);
    expect(changed.every((at) => (at >= 0x0540 && at < 0x0570) || (at >= 0x0740 && at < 0x0770))).toBe(true);
  });

  it('names what is damaged in both copies and puts nothing in its place, until it is put anew', async () => {
    const rig = await openRig();
    await rig.ask(config());
    await rig.ask(views());
    for (const at of [0x0542, 0x0742, 0x0670, 0x0870]) rig.fram.memory[at] = 0xee;
    const next = await successorOf(rig);
    const image = await imageOf(next);
    expect(image.damaged).toMatchObject([
      { name: 'ChannelConfig[0]', channel: 1, reason: expect.stringContaining('CRC') },
      { name: 'DailyVolume[1]', channel: 2, reason: expect.stringContaining('CRC') },
    ]);
    expect(image.channels.map(({ config, view }) => [config !== undefined, view !== undefined])).toEqual([
      [false, false],
      [true, false],
      ...Array.from({ length: 4 }, () => [true, true]),
    ]);
    expect(await words(next, views())).toContain('E406 ChannelConfig[0] is damaged: put the configuration');
    await next.ask(config());
    await next.ask(views());
    expect(await imageOf(next)).toMatchObject({
      damaged: [],
      channels: [{ config: PLAN, view: VIEW }, {}, {}, {}, {}, {}],
    });
  });

  it('is old or new in each record wherever the supply fails while it is put', async () => {
    for (let supplyBytes = 0; supplyBytes < 240; supplyBytes += 7) {
      const rig = await openRig();
      await rig.ask(config());
      rig.fram.supplyBytes = supplyBytes;
      await rig.ask(config({ weeklyDosingValueMl: 140 }, { systemEnabled: false }));
      rig.fram.supplyBytes = Number.POSITIVE_INFINITY;
      const { channels, system, damaged } = await imageOf(await successorOf(rig));
      expect(damaged).toEqual([]);
      expect([140, 217.5]).toContain(channels[0]?.config?.weeklyDosingValueMl);
      expect(system).toBeDefined();
    }
  });

  it.each([
    [
      config({ weeklySchedule: 200 }),
      'E402',
      'of channel 1, weekly_schedule must be a whole number from 0 to 127, not 200',
    ],
    [config({ dailySchedule: 3 }), 'E402', 'daily_schedule'],
    [config({ weeklyDosingValueMl: 0.25 }), 'E402', 'one decimal at most'],
    [config({ dosingRateMlPerS: Number.NaN }), 'E402', 'dosing_rate must be a finite number from 0, not NaN'],
    [config({}, { channelCount: 7 }), 'E402', 'of the unit, channel_count'],
    [views({ dosesCompletedToday: 300 }), 'E402', 'doses_completed_today'],
    [views({ volumeMl: -1 }), 'E402', 'volume_ml'],
    [views({ lastDoseTimestamp: [1] }), 'E402', 'last_dose_timestamp of channel 1 must be two, not 1'],
    [{ case: 'putDailyView' as const, value: { channels: [] } }, 'E402', 'mark is missing'],
    [{ case: 'putDailyView' as const, value: { channels: [], mark: MARK } }, 'E402', 'channels must be 6, not 0'],
    [
      { case: 'putUnitConfig' as const, value: { pumps: [relaySetup(1)], image: config().value.image } },
      'E402',
      'either pumps or an image',
    ],
  ])('takes nothing of %o', async (request, code, sentence) => {
    const rig = await openRig();
    await rig.ask(config());
    const before = rig.fram.memory.slice();
    expect(await words(rig, request)).toMatch(code);
    expect(await words(rig, request)).toContain(sentence);
    expect(rig.fram.memory).toEqual(before);
    expect(rig.bugs).toEqual([]);
  });

  it('that cannot be used is a failure of the request and of nothing else, and is used again when it can be', async () => {
    const rig = await openRig();
    rig.fram.supplyBytes = 0;
    expect(await words(rig, config())).toContain('E307');
    rig.fram.supplyBytes = Number.POSITIVE_INFINITY;
    rig.fram.memory.set([0x44, 0x33, 0x22, 0x11], 0);
    expect(await words(rig, config())).toContain('E308 the magic of the FRAM image is 0x11223344');
    await rig.ask(startDose('d1', 'relay-1', { pulses: 3_000, durationMs: 3_000, capMl: 1, capMs: 9_000 }));
    await rig.clock.advance(4_000);
    expect(rig.relays.onMs(1)).toBe(3_000);
    rig.fram.memory.fill(0, 0, 6);
    expect((await rig.ask(config())).case).toBe('done');
  });

  it('is put while a relay is on, which stays on', async () => {
    const rig = await openRig();
    await rig.ask(startDose('d1', 'relay-1', { pulses: 3_000, durationMs: 3_000, capMl: 1, capMs: 9_000 }));
    await rig.clock.advance(1_000);
    expect((await rig.ask(config())).case).toBe('done');
    expect((await rig.ask(views())).case).toBe('done');
    await rig.clock.advance(4_000);
    expect(rig.relays.onMs(1)).toBe(3_000);
  });

  it('is asked for under the newest session only', async () => {
    const rig = await openRig();
    expect(await rig.refusal({ case: 'getUnitImage', value: {} }, { epoch: 9n })).toBe('E203');
    expect(await rig.refusal(views(), { epoch: 9n })).toBe('E203');
  });
});
