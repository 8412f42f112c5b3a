// Proves that Home Assistant is told of each pump and of nothing that is gone: at each connection, after its birth, when a pump
// comes, changes or goes, and of what was announced before a restart.
import { describe, expect, it } from 'vitest';
import { firstPump, newPumpInput, OPERATOR } from '../unit-fixture.ts';
import { bootBridge } from './bridge-fixture.ts';

const HOME = { isOn: true, prefix: 'homeassistant', statusTopic: 'homeassistant/status', version: '1.2.3' };
const UNIT = 'homeassistant/device/perista_-doser/config';
const A = 'homeassistant/device/perista_-doser_-a/config';
const B = 'homeassistant/device/perista_-doser_-b/config';

type World = Awaited<ReturnType<typeof bootBridge>>;

const boot = () => bootBridge({ homeAssistant: HOME });
const announced = ({ broker }: World) =>
  [...broker.retained.keys()].filter((topic) => topic.endsWith('/config')).sort();
const deviceOn = ({ broker }: World, topic: string) => JSON.parse(broker.retained.get(topic) ?? '{}').dev;
const countOn = ({ broker }: World, topic: string) => broker.taken.filter((each) => each.topic === topic).length;

describe('Home Assistant', () => {
  it('is told of the unit and of each pump behind it, once', async () => {
    const world = await boot();
    expect(announced(world)).toEqual([UNIT, A, B].sort());
    expect(deviceOn(world, A)).toMatchObject({ name: 'a', via_device: deviceOn(world, UNIT).ids[0], sw: '1.2.3' });
    world.fixture.orderAccepted('a', { volume_ml: 1 });
    await world.fixture.clock.advance(61_000);
    expect([UNIT, A, B].map((topic) => countOn(world, topic))).toEqual([1, 1, 1]);
    expect(world.broker.taken.find(({ topic }) => topic === A)).toMatchObject({ qos: 1, retain: true });
  });

  it('is told again after its birth, with all states, and at each connection', async () => {
    const world = await boot();
    const statuses = countOn(world, 'doser/stat/a/status');
    world.broker.deliver('homeassistant/status', 'offline');
    await world.fixture.clock.advance(5_000);
    expect(countOn(world, A)).toBe(1);
    world.broker.deliver('homeassistant/status', 'online');
    await world.fixture.clock.advance(5_000);
    expect(countOn(world, A)).toBe(2);
    expect(countOn(world, 'doser/stat/a/status')).toBe(statuses + 1);
    expect(countOn(world, 'doser/stat/a/schedule')).toBe(2);
    world.broker.lose();
    await world.fixture.clock.advance(61_000);
    expect(countOn(world, A)).toBe(3);
  });

  it('learns of pumps that come, change and go', async () => {
    const world = await boot();
    const { pumps } = world.fixture.services;
    pumps.create(newPumpInput('c'), OPERATOR);
    pumps.update('a', { name: 'pH down' }, OPERATOR);
    pumps.remove('b', OPERATOR);
    await world.fixture.clock.advance(1_000);
    expect(announced(world)).toEqual([UNIT, A, 'homeassistant/device/perista_-doser_-c/config'].sort());
    expect(deviceOn(world, A).name).toBe('pH down');
    expect([...world.broker.retained.keys()].filter((topic) => topic.includes('/b/'))).toEqual([]);
  });

  it('is told of the new limit where one was changed', async () => {
    const world = await boot();
    world.fixture.services.pumps.update('a', { limits: { single_ml: 7 } }, OPERATOR);
    await world.fixture.clock.advance(1_000);
    expect(JSON.parse(world.broker.retained.get(A) ?? '').cmps.dose_volume.max).toBe(7);
  });

  it.each([
    ['a pump was removed while the broker was away', HOME, [UNIT, A]],
    [
      'its prefix was changed',
      { ...HOME, prefix: 'ha' },
      ['ha/device/perista_-doser/config', 'ha/device/perista_-doser_-a/config'],
    ],
    ['nobody shall be told any more', { ...HOME, isOn: false }, []],
  ])('keeps nothing that was announced before a restart and is gone: %s', async (_, home, left) => {
    const world = await boot();
    const { fixture, broker, bridge, start } = world;
    broker.isAway = true;
    broker.lose();
    fixture.services.pumps.remove('b', OPERATOR);
    await fixture.clock.until(bridge.stop());
    fixture.crash();
    await fixture.boot();
    broker.isAway = false;
    start(home);
    await fixture.clock.advance(1_000);
    expect(announced(world)).toEqual([...left].sort());
    expect([...broker.retained.keys()].filter((topic) => /\/b($|\/)/.test(topic))).toEqual([]);
    expect(broker.retained.has('doser/stat/a/status')).toBe(true);
  });

  it('that is told of a withdrawal the broker loses is told again', async () => {
    const world = await boot();
    world.broker.losses = 1;
    world.fixture.services.pumps.remove('b', OPERATOR);
    await world.fixture.clock.advance(61_000);
    expect(announced(world)).toEqual([UNIT, A].sort());
  });

  it('hears nothing where it is switched off', async () => {
    const world = await bootBridge({ firstPumps: [firstPump('a')], homeAssistant: { ...HOME, isOn: false } });
    world.broker.deliver('homeassistant/status', 'online');
    await world.fixture.clock.advance(5_000);
    expect(announced(world)).toEqual([]);
  });
});
