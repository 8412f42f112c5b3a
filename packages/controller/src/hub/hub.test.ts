// Proves that a pump of ours is a device of a hub: a start is one dose of the ledger whatever comes twice, what is refused is told with its
// reason, an end is told as what it was, and nothing of it disturbs dosing (I3, P1).
import { silentLog } from '@perista/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeMqttBroker } from '../mqtt/fake-mqtt-broker.ts';
import { hubOf } from '../outlets.ts';
import { firstPump, UnitFixture } from '../unit-fixture.ts';
import { HubOrderStore } from './hub-order-store.ts';

const COMMANDS = 'devices/doser-a/commands';
/** 2 ml in 6 s. */
const SHORT = {
  ...{ flowRateMlMin: 20, plannedTimeMin: 0.1, plannedVolumeMl: 2 },
  bolus: { enabled: false, volumeMl: 0 },
};

async function boot() {
  const broker = new FakeMqttBroker();
  const fixture = await new UnitFixture({ firstPumps: [firstPump('a')] }).boot();
  const start = () => {
    const { clock, store, unit } = fixture;
    const site = { timezone: 'Europe/Warsaw', doserId: 'doser' };
    const hub = hubOf(unit, { store, clock, log: silentLog, broker, site, version: '1.2.3' });
    hub.start();
    return hub;
  };
  let hub = start();
  onTestFinished(() => fixture.clock.until(hub.stop()));
  /** The unit crashes and is back. */
  const crash = async () => {
    await fixture.clock.until(hub.stop());
    fixture.crash();
    await fixture.boot();
    hub = start();
    await fixture.clock.advance(500);
  };
  await fixture.clock.advance(1_000);
  const told = (name: string) => broker.on(`devices/doser-a/${name}`);
  const command = (command: string, payload: object = {}, more: object = {}) => ({
    ...{ v: 1, commandId: 'c-1', command, payload, issuedAt: new Date(fixture.clock.wallMs()).toISOString() },
    ...{ ttlMs: 30_000, actor: 'ola', ...more },
  });
  const send = (...of: Parameters<typeof command>) => broker.deliver(COMMANDS, command(...of));
  const begin = (more: object = {}) => send('START_INFUSION', { ...SHORT, infusionId: 'inf-1' }, more);
  const stages = (commandId = 'c-1') =>
    told('ack')
      .filter((ack) => ack.commandId === commandId)
      .map(({ stage }) => stage);
  const doses = () => fixture.services.doses.list({ limit: 50 }).items;
  return { broker, fixture, hub, crash, told, command, send, begin, stages, doses };
}

describe('a pump of ours at a hub', () => {
  it('says what it is, again and again, and is offline by its last will', async () => {
    const { told, fixture, broker, hub } = await boot();
    expect(told('status')[0]).toMatchObject({
      ...{ v: 1, boot: 1, status: 'idle', activeInfusionId: null, firmwareVersion: 'perista 1.2.3' },
      ...{ periodS: 5, lastResult: null, alarms: [] },
    });
    expect(broker.retained.has('devices/doser-a/status')).toBe(true);
    await fixture.clock.advance(10_000);
    expect(told('status').length).toBeGreaterThan(2);
    expect(hub.standing).toEqual({ devices: 1, connected: 1 });
    broker.lose();
    expect(told('status').at(-1)).toMatchObject({ status: 'offline' });
    await fixture.clock.advance(10_000);
    expect(told('status').at(-1)).toMatchObject({ status: 'idle', session: 2 });
  });

  it('gives an infusion as a dose, confirms it when it moves, and tells what it gave', async () => {
    const { begin, fixture, told, stages, doses } = await boot();
    begin();
    await fixture.clock.advance(3_000);
    expect(stages()).toEqual(['received', 'accepted', 'executing', 'done']);
    expect(told('infusion')).toMatchObject([
      { commandId: 'c-1', infusionId: 'inf-1', confirmed: true, parameters: SHORT },
    ]);
    expect(told('status').at(-1)).toMatchObject({ status: 'running', activeInfusionId: 'inf-1' });
    expect(told('progress').at(-1)).toMatchObject({ infusionId: 'inf-1', state: 'running', flowRateMlMin: 20 });
    await fixture.clock.advance(10_000);
    const [dose] = doses();
    expect(dose).toMatchObject({ state: 'done', cause: 'mqtt', actor: 'hub', requested_ml: 2 });
    const result = { infusionId: 'inf-1', end: 'completed', deliveredVolumeMl: dose?.delivered_ml };
    expect(told('completion')).toMatchObject([result]);
    expect(told('status').at(-1)).toMatchObject({ status: 'idle', lastResult: result });
  });

  it('gives it once, though its command comes again, also after the unit crashed in the middle', async () => {
    const { begin, fixture, stages, told, doses, crash } = await boot();
    begin();
    begin();
    await fixture.clock.advance(2_000);
    await crash();
    expect(told('status').at(-1)).toMatchObject({ boot: 2, status: 'running', activeInfusionId: 'inf-1' });
    begin();
    await fixture.clock.advance(15_000);
    expect(doses()).toHaveLength(1);
    expect([...fixture.agent.motions.values()]).toEqual([1]);
    expect(new Set(stages())).toEqual(new Set(['received', 'accepted', 'executing', 'done']));
    expect(told('completion')).toMatchObject([{ infusionId: 'inf-1', end: 'completed' }]);
  });

  it('tells what became of a start while it was away', async () => {
    const { begin, fixture, told, crash, broker } = await boot();
    begin();
    await fixture.clock.advance(2_000);
    broker.isAway = true;
    broker.lose();
    await fixture.clock.advance(20_000);
    broker.isAway = false;
    await fixture.clock.advance(60_000);
    expect(told('completion')).toMatchObject([{ infusionId: 'inf-1', end: 'completed' }]);
    expect(told('status').at(-1)).toMatchObject({ status: 'idle', lastResult: { infusionId: 'inf-1' } });
    await crash();
    expect(told('status').at(-1)).toMatchObject({ boot: 2, lastResult: { infusionId: 'inf-1', end: 'completed' } });
  });

  it.each([
    ['beyond a cap', { payload: { ...SHORT, plannedVolumeMl: 500, plannedTimeMin: 25 } }, /cap|limit|most|500/],
    ['with a bolus', { payload: { ...SHORT, bolus: { enabled: true, volumeMl: 1 } } }, /bolus/],
    [
      'of another volume than rate and time give',
      { payload: { ...SHORT, plannedVolumeMl: 5 } },
      /plannedVolumeMl is 5, .* 2$/,
    ],
    ['without a volume', { payload: { infusionId: 'inf-1', flowRateMlMin: 1 } }, /plannedTimeMin/],
    ['that has expired', { issuedAt: '2020-01-01T00:00:00Z' }, /expired/],
  ])('refuses a start %s, in words, and nothing moves', async (_what, more, reason) => {
    const { broker, command, told, stages, fixture, doses } = await boot();
    const { payload = SHORT } = more as { payload?: object };
    broker.deliver(COMMANDS, { ...command('START_INFUSION'), ...more, payload: { infusionId: 'inf-1', ...payload } });
    await fixture.clock.advance(3_000);
    expect(stages().at(-1)).toBe('rejected');
    expect(told('infusion')).toMatchObject([
      { confirmed: false, infusionId: 'inf-1', reason: expect.stringMatching(reason) },
    ]);
    expect(doses().filter(({ started_at }) => started_at !== null)).toEqual([]);
    expect(told('status').at(-1)).toMatchObject({ status: 'idle' });
  });

  it('refuses what was retained, and what cannot be read, under its id', async () => {
    const { broker, command, told, fixture, doses } = await boot();
    broker.deliver(COMMANDS, command('START_INFUSION', { ...SHORT, infusionId: 'inf-1' }), { retain: true });
    broker.deliver(COMMANDS, { commandId: 'c-2', command: 'DANCE' });
    broker.deliver(COMMANDS, 'nonsense');
    await fixture.clock.advance(1_000);
    expect(told('ack').map(({ commandId, stage }) => [commandId, stage])).toEqual([
      ['c-1', 'rejected'],
      ['c-2', 'rejected'],
    ]);
    expect(doses()).toEqual([]);
  });

  it('stops, and tells how much was given; a pause is refused', async () => {
    const { begin, send, stages, fixture, told, doses, broker } = await boot();
    begin();
    await fixture.clock.advance(2_000);
    send('PAUSE_INFUSION', { infusionId: 'inf-1' }, { commandId: 'c-2' });
    send('STOP_INFUSION', { infusionId: 'inf-1' }, { commandId: 'c-3' });
    await fixture.clock.advance(3_000);
    expect([stages('c-2'), stages('c-3')]).toEqual([['rejected'], ['received', 'accepted', 'done']]);
    const [dose] = doses();
    expect(dose?.delivered_ml).toBeGreaterThan(0);
    expect(told('completion')).toMatchObject([{ end: 'stopped', deliveredVolumeMl: dose?.delivered_ml }]);
    const order = broker.taken.map(({ topic, body }) => `${topic.split('/')[2]} ${body}`);
    const isIdle = order.findLastIndex((each) => /^status .*"idle"/.test(each));
    const isDone = order.findIndex((each) => /^ack .*"c-3".*"done"/.test(each));
    expect(order.findIndex((each) => each.startsWith('completion'))).toBeLessThan(isIdle);
    expect(order.slice(isDone).filter((each) => /^status .*"running"/.test(each))).toEqual([]);
  });

  it('cancels what has not begun, also what is still on its way', async () => {
    const { begin, send, stages, fixture, told, doses } = await boot();
    send('CANCEL', { commandId: 'c-1', infusionId: 'inf-1' }, { commandId: 'c-2' });
    begin();
    await fixture.clock.advance(2_000);
    expect([stages('c-2'), stages('c-1')]).toEqual([['accepted', 'done'], ['rejected']]);
    expect(doses()).toEqual([]);
    fixture.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    send('START_INFUSION', { ...SHORT, infusionId: 'inf-2' }, { commandId: 'c-3' });
    await fixture.clock.advance(1_000);
    send('CANCEL', { commandId: 'c-3' }, { commandId: 'c-4' });
    await fixture.clock.advance(1_000);
    expect(stages('c-3')).toEqual(['received', 'accepted', 'rejected']);
    expect(told('infusion').at(-1)).toMatchObject({ commandId: 'c-3', confirmed: false });
    send('START_INFUSION', { ...SHORT, infusionId: 'inf-3' }, { commandId: 'c-5' });
    send('CANCEL', { infusionId: 'inf-3' }, { commandId: 'c-6' });
    await fixture.clock.advance(1_000);
    expect(stages('c-5')).toEqual(['received', 'accepted', 'rejected']);
  });

  it.each([
    ['a stop', 'STOP_INFUSION', { infusionId: 'inf-1' }],
    ['its cancelling', 'CANCEL', { infusionId: 'inf-1' }],
    ['the same infusion under another command', 'START_INFUSION', { ...SHORT, infusionId: 'inf-1' }],
  ])('does not begin an infusion that comes after %s (I12)', async (_what, name, payload) => {
    const { begin, send, stages, fixture, crash } = await boot();
    send(name, payload, { commandId: 'c-0' });
    await fixture.clock.advance(15_000);
    const motions = fixture.agent.motions.size;
    begin();
    await fixture.clock.advance(1_000);
    await crash();
    begin({ commandId: 'c-2' });
    await fixture.clock.advance(15_000);
    expect([stages('c-1'), stages('c-2')]).toEqual([['rejected'], ['rejected']]);
    expect(fixture.agent.motions.size).toBe(motions);
  });

  it('stops again at a stop that comes again', async () => {
    const { begin, send, fixture, doses } = await boot();
    send('STOP_INFUSION', { infusionId: 'inf-0' }, { commandId: 'c-0' });
    await fixture.clock.advance(2_000);
    begin();
    await fixture.clock.advance(2_000);
    send('STOP_INFUSION', { infusionId: 'inf-0' }, { commandId: 'c-0' });
    await fixture.clock.advance(3_000);
    expect(doses()).toMatchObject([{ state: 'partial' }]);
  });

  it('cancels again at a cancelling that comes again, though it was noted before', async () => {
    const { fixture, send, stages, doses } = await boot();
    fixture.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    send('START_INFUSION', { ...SHORT, infusionId: 'inf-1' });
    await fixture.clock.advance(1_000);
    const noted = { commandId: 'c-2', pumpId: 'a', infusionId: 'inf-1', doseId: null, confirmation: null } as const;
    new HubOrderStore(fixture.store).save({ ...noted, stage: 'done', reason: null }, fixture.clock.wallMs());
    send('CANCEL', { commandId: 'c-1', infusionId: 'inf-1' }, { commandId: 'c-2' });
    await fixture.clock.advance(40_000);
    expect(stages('c-1')).toEqual(['received', 'accepted', 'rejected']);
    expect(doses().filter(({ started_at }) => started_at !== null)).toHaveLength(1);
  });

  it('confirms a start that the unit had accepted and not answered when it crashed', async () => {
    const { fixture, told, stages, crash } = await boot();
    const confirmation = { commandId: 'c-1', infusionId: 'inf-1', confirmed: true, parameters: SHORT };
    const actor = { name: 'hub', role: 'operator' } as const;
    const request = { volume_ml: 2, duration_s: 6 };
    const outcome = fixture.services.doses.order({ pumpId: 'a', request, actor, cause: 'mqtt', key: 'c-1' });
    const doseId = outcome.kind === 'accepted' ? outcome.answer.dose_id : null;
    const received = { commandId: 'c-1', pumpId: 'a', infusionId: 'inf-1', doseId, confirmation } as const;
    new HubOrderStore(fixture.store).save({ ...received, stage: 'received', reason: null }, fixture.clock.wallMs());
    await crash();
    await fixture.clock.advance(10_000);
    expect(stages()).toEqual(['received', 'accepted', 'executing', 'done']);
    expect(told('infusion').at(-1)).toMatchObject(confirmation);
    expect(told('completion')).toMatchObject([{ infusionId: 'inf-1', end: 'completed' }]);
  });

  it('tells of doses that others order, and of an end that nobody knows as an error', async () => {
    const { fixture, told } = await boot();
    const doseId = fixture.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    await fixture.clock.advance(3_000);
    expect(told('status').at(-1)).toMatchObject({ status: 'running', activeInfusionId: doseId });
    fixture.agent.kill();
    fixture.agent.forget();
    fixture.agent.restart();
    await fixture.clock.advance(30_000);
    expect(fixture.services.doses.get(doseId).state).toBe('uncertain');
    expect(told('completion')).toEqual([]);
    expect(told('error').at(-1)).toMatchObject({ code: 'DOSE_UNCERTAIN', severity: 'high' });
    expect(told('status').at(-1)).toMatchObject({ status: 'idle', lastResult: null });
  });

  it('can have no name that topics do not allow', async () => {
    const fixture = await new UnitFixture({ firstPumps: [firstPump('a')] }).boot();
    const { clock, store, unit } = fixture;
    const site = { timezone: 'UTC', doserId: 'a'.repeat(64) };
    const hub = hubOf(unit, { store, clock, log: silentLog, broker: new FakeMqttBroker(), site, version: '1' });
    expect(() => hub.start()).toThrow(/can be no device of a hub: 1 to 64/);
  });
});
