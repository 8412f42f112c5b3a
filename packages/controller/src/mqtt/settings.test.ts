// Proves that a button in home automation doses what its number says and once for each press (P1, P2), that the switch of the
// calendar switches on again only what it switched off, that the day cap goes the way of all changes, and that each no has its reason.
import type { NewSchedule } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import { firstPump, OPERATOR } from '../unit-fixture.ts';
import { EXAMPLE_PLAN, relayPump } from '../weekly-plan/relay-unit-fixture.ts';
import { bootBridge, motionsOf } from './bridge-fixture.ts';

const PRESS = 'doser/cmd/a/dose-now';
const VOLUME = 'doser/cmd/a/volume';
const LIMIT = 'doser/cmd/a/daily-limit';
const SWITCH = 'doser/cmd/a/schedule';
const RESULT = 'doser/stat/a/result';

type World = Awaited<ReturnType<typeof bootBridge>>;

/** Publishes and lets a second pass; the answer. */
async function say({ fixture, broker }: World, topic: string, body: unknown, more: object = {}) {
  const before = broker.on(RESULT).length;
  broker.deliver(topic, body, more);
  await fixture.clock.advance(1_000);
  return broker.on(RESULT)[before];
}

const stateOf = ({ broker }: World, name: string, pump = 'a') => broker.retained.get(`doser/stat/${pump}/${name}`);

describe('the number and the button', () => {
  it('dose what was set, once for each press, and the volume survives a restart', async () => {
    const world = await bootBridge();
    const { fixture, broker, crash } = world;
    expect(stateOf(world, 'volume')).toBe('None');
    expect(await say(world, PRESS, { id: 'p-0' })).toMatchObject({ result: 'refused', code: 'E406', 'pump-id': 'a' });
    expect(await say(world, VOLUME, '2.5')).toMatchObject({ result: 'accepted', setting: 'volume', dose_id: null });
    expect(stateOf(world, 'volume')).toBe('2.5');
    expect(broker.retained.get('stat/doser/a/volume')).toBe('2.5');
    const first = await say(world, 'cmnd/doser/a/dose-now', { id: 'p-1' });
    expect(first).toMatchObject({ id: 'p-1', result: 'accepted' });
    await fixture.clock.advance(20_000);
    await crash();
    await fixture.clock.advance(14_000);
    expect(stateOf(world, 'volume')).toBe('2.5');
    expect(await say(world, PRESS, { id: 'p-2' })).toMatchObject({ id: 'p-2', result: 'accepted' });
    await fixture.clock.advance(20_000);
    expect(motionsOf(world).map(({ requested_ml, cause, actor }) => [requested_ml, cause, actor])).toEqual(
      Array(2).fill([2.5, 'mqtt', 'mqtt']),
    );
  });

  it('give one dose for one press, however often and late it comes, whatever was set meanwhile', async () => {
    const world = await bootBridge();
    await say(world, VOLUME, '1');
    const first = await say(world, PRESS, { id: 'p-1' });
    await say(world, VOLUME, '3');
    for (const pauseMs of [0, 5_000, 600_000]) {
      await world.fixture.clock.advance(pauseMs);
      expect(await say(world, PRESS, { id: 'p-1' }, { dup: true })).toEqual(first);
    }
    expect(motionsOf(world).map(({ requested_ml }) => requested_ml)).toEqual([1]);
  });

  it('give one dose for a touch that was two', async () => {
    const world = await bootBridge();
    await say(world, VOLUME, '1');
    await say(world, PRESS, { id: 'p-1' });
    expect(await say(world, PRESS, { id: 'p-2' })).toMatchObject({ result: 'refused', code: 'E406', id: 'p-2' });
    await world.fixture.clock.advance(10_000);
    expect(await say(world, PRESS, { id: 'p-3' })).toMatchObject({ result: 'accepted' });
    expect(motionsOf(world)).toHaveLength(2);
  });

  it.each([
    ['retained', { id: 'x' }, { retain: true }, 'E406', /retained/],
    ['without an id delivered again', '{}', { dup: true }, 'E406', /no id/],
    ['past its time', { id: 'x', expires_at: '2020-01-01T00:00:00Z' }, {}, 'E406', /expired/],
    ['of a volume', { id: 'x', volume_ml: 5 }, {}, 'E402', /volume_ml is not a known key/],
    ['no JSON', 'PRESS', {}, 'E400', /JSON/],
  ])('refuse a press that is %s, and nothing moves', async (_, body, delivery, code, reason) => {
    const world = await bootBridge();
    await say(world, VOLUME, '1');
    expect(await say(world, PRESS, body, delivery)).toMatchObject({
      ...{ result: 'refused', code, reason: expect.stringMatching(reason) },
    });
    expect(world.broker.on('doser/errors').at(-1)).toMatchObject({ code, 'pump-id': 'a' });
    expect(motionsOf(world)).toEqual([]);
  });

  it('know a volume no more that a limit forbids since', async () => {
    const world = await bootBridge();
    await say(world, VOLUME, '50');
    world.fixture.services.pumps.update('a', { limits: { single_ml: 20 } }, OPERATOR);
    await world.fixture.clock.advance(1_000);
    expect(stateOf(world, 'volume')).toBe('None');
    expect(await say(world, PRESS, { id: 'x' })).toMatchObject({ result: 'refused', code: 'E422' });
    expect(motionsOf(world)).toEqual([]);
  });

  it.each([
    ['101', 'E422'],
    ['0.0001', 'E427'],
    ['0', 'E402'],
    ['-1', 'E402'],
    ['"5"', 'E402'],
    ['five', 'E400'],
  ])('take no volume of %s', async (volume, code) => {
    const world = await bootBridge();
    expect(await say(world, VOLUME, volume)).toMatchObject({ result: 'refused', code, setting: 'volume' });
    expect(stateOf(world, 'volume')).toBe('None');
  });
});

describe('the daily limit', () => {
  it('is the day cap of the pump, changed as everywhere', async () => {
    const world = await bootBridge();
    expect(stateOf(world, 'daily-limit')).toBe('500');
    expect(await say(world, LIMIT, '12.5')).toMatchObject({ result: 'accepted', setting: 'daily-limit' });
    expect(stateOf(world, 'daily-limit')).toBe('12.5');
    expect(world.fixture.services.pumps.get('a').limits.day_ml).toBe(12.5);
    expect(world.fixture.events().at(-1)).toMatchObject({ kind: 'pump_changed', pump_id: 'a', actor: 'mqtt' });
  });

  it.each([
    ['0', {}, 'E402', /limits.day_ml must be greater than 0, is 0/],
    ['null', {}, 'E402', /limits.day_ml must be a number/],
    ['600', { retain: true }, 'E406', /retained/],
  ])('is not %s (%j)', async (limit, delivery, code, reason) => {
    const world = await bootBridge();
    const answer = await say(world, LIMIT, limit, delivery);
    expect(answer).toMatchObject({ result: 'refused', code, reason: expect.stringMatching(reason) });
    expect(world.fixture.services.pumps.get('a').limits.day_ml).toBe(500);
  });
});

describe('the switch of the calendar', () => {
  const evening: NewSchedule = { pump_id: 'a', cron: '0 20 * * *', volume_ml: 5 };
  const enabledOf = ({ fixture }: World) => fixture.services.schedules.list().map(({ enabled }) => enabled);

  it('switches off all of the pump, and on again what it switched off', async () => {
    const world = await bootBridge();
    const { schedules } = world.fixture.services;
    schedules.create(evening, OPERATOR);
    schedules.create({ ...evening, cron: '0 8 * * *' }, OPERATOR);
    schedules.create({ ...evening, cron: '0 12 * * *', enabled: false }, OPERATOR);
    schedules.create({ ...evening, pump_id: 'b' }, OPERATOR);
    await world.fixture.clock.advance(1_000);
    expect(stateOf(world, 'schedule')).toBe('ON');
    expect(await say(world, SWITCH, 'OFF')).toMatchObject({ result: 'accepted', setting: 'schedule' });
    expect(enabledOf(world)).toEqual([false, false, false, true]);
    expect([stateOf(world, 'schedule'), stateOf(world, 'schedule', 'b')]).toEqual(['OFF', 'ON']);
    await say(world, SWITCH, 'OFF');
    expect(await say(world, SWITCH, 'ON')).toMatchObject({ result: 'accepted' });
    expect(enabledOf(world)).toEqual([true, true, false, true]);
    expect(stateOf(world, 'schedule')).toBe('ON');
    const changes = world.fixture.events().filter(({ kind }) => kind === 'schedule_changed');
    expect(changes.map(({ actor }) => actor)).toEqual(Array(4).fill('mqtt'));
  });

  it('takes the weekly plan of a relay along', async () => {
    const world = await bootBridge({ firstPumps: [{ ...relayPump(1), id: 'a' }, firstPump('b')] });
    const { dosingUnit } = world.fixture.services;
    dosingUnit.configure([{ id: 1, ...EXAMPLE_PLAN }], OPERATOR);
    await world.fixture.clock.advance(1_000);
    expect(stateOf(world, 'schedule')).toBe('ON');
    await say(world, SWITCH, 'OFF');
    expect(dosingUnit.config().channels[0]?.enabled).toBe(false);
    await say(world, SWITCH, 'ON');
    expect(dosingUnit.config().channels[0]?.enabled).toBe(true);
    expect(world.fixture.events().at(-1)).toMatchObject({ kind: 'channel_changed', actor: 'mqtt' });
  });

  it('switches on the only schedule there is, and of several none that a person had switched off', async () => {
    const world = await bootBridge();
    const { schedules } = world.fixture.services;
    expect(await say(world, SWITCH, 'ON')).toMatchObject({ result: 'refused', code: 'E406' });
    schedules.create({ ...evening, enabled: false }, OPERATOR);
    expect(await say(world, SWITCH, 'ON')).toMatchObject({ result: 'accepted' });
    const [only] = schedules.list();
    schedules.update(only?.id ?? '', { enabled: false }, OPERATOR);
    schedules.create({ ...evening, enabled: false }, OPERATOR);
    expect(await say(world, SWITCH, 'ON')).toMatchObject({
      ...{ result: 'refused', code: 'E406', reason: expect.stringContaining('all 2 schedules') },
    });
    expect(enabledOf(world)).toEqual([false, false]);
  });

  it('says what a schedule has against it, and switches on the others', async () => {
    const world = await bootBridge();
    const { schedules, pumps } = world.fixture.services;
    schedules.create({ ...evening, volume_ml: 50 }, OPERATOR);
    schedules.create(evening, OPERATOR);
    await say(world, SWITCH, 'OFF');
    pumps.update('a', { limits: { single_ml: 20 } }, OPERATOR);
    expect(await say(world, SWITCH, 'ON')).toMatchObject({ result: 'refused', code: 'E422' });
    expect(enabledOf(world)).toEqual([false, true]);
    expect(stateOf(world, 'schedule')).toBe('ON');
  });

  it.each([
    ['on', {}, 'E402'],
    ['1', {}, 'E402'],
    ['OFF', { retain: true }, 'E406'],
  ])('does not understand %s (%j)', async (word, delivery, code) => {
    const world = await bootBridge();
    world.fixture.services.schedules.create(evening, OPERATOR);
    expect(await say(world, SWITCH, word, delivery)).toMatchObject({ result: 'refused', code });
    expect(enabledOf(world)).toEqual([true]);
  });
});

it('settings of an unknown pump are refused (E404), and empty ones remove what was retained', async () => {
  const world = await bootBridge();
  world.broker.deliver('doser/cmd/nobody/volume', '1');
  expect(await say(world, VOLUME, '')).toBeUndefined();
  expect(world.broker.on('doser/stat/nobody/result')).toMatchObject([{ result: 'refused', code: 'E404' }]);
});
