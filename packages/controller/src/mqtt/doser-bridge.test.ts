// Proves that orders over MQTT are doses like all others, once each (P1), that everybody is told what became of them, and that
// a broker that is away costs neither a dose nor an event (I19).
import { describe, expect, it } from 'vitest';
import { OPERATOR } from '../unit-fixture.ts';
import { bootBridge as boot, motionsOf } from './bridge-fixture.ts';
import { FakeMqttBroker } from './fake-mqtt-broker.ts';

const ORDER = 'doser/cmd/a/dose';

describe('an order over MQTT', () => {
  it.each([
    ['doser/cmd/a/dose', 'doser/stat/a/result', 'doser/events'],
    ['cmnd/doser/a/dose', 'stat/doser/a/result', 'tele/doser/events'],
  ])('is dosed and answered, on %s', async (order, result, events) => {
    const { fixture, broker } = await boot();
    broker.deliver(order, { volume_ml: 5, duration: 20, direction: 'forward', id: 'one' });
    await fixture.clock.advance(30_000);
    const [dose] = fixture.services.doses.list({ limit: 9 }).items;
    expect(dose).toMatchObject({ state: 'done', requested_ml: 5, cause: 'mqtt', actor: 'mqtt' });
    expect(broker.on(result)).toEqual([
      { id: 'one', result: 'accepted', dose_id: dose?.dose_id, 'pump-id': 'a', code: null, reason: null },
    ]);
    expect(broker.on(events).map(({ event }) => event)).toEqual(['dosing_started', 'dosing_complete']);
    expect(broker.on(events).at(-1)).toMatchObject({
      'pump-id': 'a',
      delivered_ml: expect.closeTo(5, 3),
      dose_id: dose?.dose_id,
    });
    const status = JSON.parse(broker.retained.get('doser/stat/a/status') ?? '');
    expect(status).toMatchObject({ state: 'idle', dose_id: null });
    expect(broker.on('doser/stat/a/status').map(({ state }) => state)).toContain('running');
    expect(broker.retained.get('stat/doser/a')).toBe(broker.retained.get('doser/stat/a/status'));
  });

  it('that a rule forbids is refused with the reason, and told as an error, too', async () => {
    const { fixture, broker } = await boot();
    broker.deliver(ORDER, { volume_ml: 50, duration: 2.5, direction: 'forward' });
    await fixture.clock.advance(1_000);
    const [result] = broker.on('doser/stat/a/result');
    expect(result).toMatchObject({ result: 'refused', code: 'E420', 'pump-id': 'a' });
    expect(broker.on('doser/errors')).toMatchObject([{ code: 'E420', msg: result?.reason, 'pump-id': 'a' }]);
    expect(broker.on('doser/events')).toMatchObject([{ event: 'dosing_refused', 'pump-id': 'a', code: 'E420' }]);
  });

  it('is one dose, however often it comes under its id', async () => {
    const world = await boot();
    const { fixture, broker } = world;
    for (let time = 0; time < 5; time++) {
      broker.deliver(ORDER, { volume_ml: 1, id: 'one' }, { dup: time > 0 });
      broker.lose();
      await fixture.clock.advance(61_000);
    }
    broker.deliver(ORDER, { volume_ml: 2, id: 'one' });
    await fixture.clock.advance(10_000);
    expect(motionsOf(world)).toHaveLength(1);
    expect(broker.on('doser/stat/a/result').at(-1)).toMatchObject({ result: 'refused', code: 'E407' });
  });

  it.each([
    ['retained', { volume_ml: 1, id: 'x' }, { retain: true }, 'E406', /retained/],
    ['delivered again without an id', { volume_ml: 1 }, { dup: true }, 'E406', /no id/],
    ['expired', { volume_ml: 1, expires_at: '2020-01-01T00:00:00Z' }, {}, 'E406', /expired/],
    ['no JSON', '{"volume_ml":', {}, 'E400', /JSON/],
    ['of a key twice', '{"volume_ml":1,"volume_ml":2}', {}, 'E402', /volume_ml/],
    ['of a volume in words', { volume_ml: '1' }, {}, 'E402', /volume_ml must be a number, is "1"/],
    ['huge', `{"volume_ml":1,"id":"${'x'.repeat(5_000)}"}`, {}, 'E410', /4096/],
  ])('that is %s is refused with the reason, and nothing moves', async (_, body, delivery, code, reason) => {
    const world = await boot();
    const { fixture, broker } = world;
    broker.deliver(ORDER, body, delivery);
    await fixture.clock.advance(5_000);
    expect(broker.on('doser/stat/a/result')).toMatchObject([{ result: 'refused', code, dose_id: null }]);
    expect(broker.on('doser/errors')).toMatchObject([{ code, msg: expect.stringMatching(reason), 'pump-id': 'a' }]);
    expect(motionsOf(world)).toEqual([]);
  });

  it('without an id is one of another within ten seconds only if it says so', async () => {
    const world = await boot();
    const { fixture, broker } = world;
    broker.deliver(ORDER, { volume_ml: 1 });
    await fixture.clock.advance(5_000);
    broker.deliver('cmnd/doser/a/dose', { direction: 'forward', volume_ml: 1 });
    await fixture.clock.advance(4_000);
    expect(motionsOf(world)).toHaveLength(1);
    await fixture.clock.advance(2_000);
    broker.deliver(ORDER, { volume_ml: 1 });
    await fixture.clock.advance(5_000);
    expect(motionsOf(world)).toHaveLength(2);
  });

  it('without an id is one of another within ten seconds, also where the unit crashed in between', async () => {
    const world = await boot();
    const { fixture, broker, crash } = world;
    broker.deliver(ORDER, { volume_ml: 1 });
    await fixture.clock.advance(4_000);
    await crash();
    broker.deliver(ORDER, { volume_ml: 1 });
    broker.deliver('doser/cmd/b/dose', { volume_ml: 1 });
    broker.deliver(ORDER, { volume_ml: 1, id: 'another' });
    await fixture.clock.advance(3_000);
    expect(broker.on('doser/stat/a/result').map(({ result, code }) => [result, code])).toEqual([
      ['accepted', null],
      ['refused', 'E406'],
      ['accepted', null],
    ]);
    expect(broker.on('doser/stat/b/result')).toMatchObject([{ result: 'accepted' }]);
    await fixture.clock.advance(6_000);
    broker.deliver(ORDER, { volume_ml: 1 });
    await fixture.clock.advance(5_000);
    expect(motionsOf(world)).toHaveLength(4);
  });

  it('without an id is one of another also where the agent refused that and the unit crashed then', async () => {
    const world = await boot();
    const { fixture, broker, crash } = world;
    fixture.agent.refusal = { code: 'E303', message: 'The disk took no bytes' };
    broker.deliver(ORDER, { volume_ml: 1 });
    await fixture.clock.advance(1_000);
    fixture.agent.refusal = null;
    await crash();
    broker.deliver(ORDER, { volume_ml: 1 });
    await fixture.clock.advance(5_000);
    expect(broker.on('doser/stat/a/result').map(({ result, code }) => [result, code])).toEqual([
      ['accepted', null],
      ['refused', 'E406'],
    ]);
    expect(motionsOf(world)).toEqual([]);
  });

  it('that was refused may come again at once, without an id too', async () => {
    const world = await boot();
    const { fixture, broker } = world;
    fixture.services.pumps.update('a', { enabled: false }, OPERATOR);
    broker.deliver(ORDER, { volume_ml: 1 });
    await fixture.clock.advance(500);
    fixture.services.pumps.update('a', { enabled: true }, OPERATOR);
    broker.deliver(ORDER, { volume_ml: 1 });
    await fixture.clock.advance(5_000);
    expect(broker.on('doser/stat/a/result').map(({ result, code }) => [result, code])).toEqual([
      ['refused', 'E431'],
      ['accepted', null],
    ]);
  });

  it('that is empty removes what was retained, and is none', async () => {
    const { fixture, broker } = await boot();
    broker.deliver(ORDER, '');
    await fixture.clock.advance(1_000);
    expect([...broker.on('doser/stat/a/result'), ...broker.on('doser/errors')]).toEqual([]);
  });

  it('of an unknown pump is refused (E404)', async () => {
    const { fixture, broker } = await boot();
    broker.deliver('doser/cmd/nobody/dose', { volume_ml: 1 });
    await fixture.clock.advance(1_000);
    expect(broker.on('doser/stat/nobody/result')).toMatchObject([{ result: 'refused', code: 'E404' }]);
  });

  it('that may wait until an instant does not begin after it', async () => {
    const { fixture, broker } = await boot();
    fixture.orderAccepted('a', { volume_ml: 20, duration_s: 60 });
    const expires_at = new Date(fixture.clock.wallMs() + 30_000).toISOString();
    broker.deliver(ORDER, { volume_ml: 1, id: 'late', expires_at });
    await fixture.clock.advance(90_000);
    expect(broker.on('doser/stat/a/result')).toMatchObject([{ result: 'queued' }]);
    expect(fixture.services.doses.list({ limit: 1 }).items).toMatchObject([{ state: 'missed', hi_ml: 0 }]);
  });

  it('is answered where its sender waits, unless that is where orders come in', async () => {
    const { fixture, broker } = await boot();
    const correlationData = Uint8Array.of(1, 2, 3);
    broker.deliver(ORDER, { volume_ml: 1 }, { responseTopic: 'answers/me', correlationData });
    broker.deliver(ORDER, { volume_ml: 2 }, { responseTopic: 'doser/cmd/a/stop' });
    await fixture.clock.advance(1_000);
    const answer = broker.taken.find(({ topic }) => topic === 'answers/me');
    expect(answer).toMatchObject({ qos: 1, retain: false, correlationData });
    expect(broker.taken.some(({ topic }) => topic === 'doser/cmd/a/stop')).toBe(false);
  });

  it('in a flood is not looked at, and a stop is', async () => {
    const { fixture, broker } = await boot();
    fixture.orderAccepted('a', { volume_ml: 20, duration_s: 60 });
    await fixture.clock.advance(5_000);
    for (let time = 0; time < 2_000; time++) broker.deliver('doser/cmd/b/dose', 'nonsense');
    broker.deliver('doser/cmd/a/stop', '');
    broker.deliver('doser/cmd/nobody/stop', '');
    await fixture.clock.advance(5_000);
    expect(broker.on('doser/stat/nobody/result')).toMatchObject([{ result: 'refused', code: 'E404' }]);
    expect(broker.on('doser/errors').length).toBeLessThan(50);
    expect(fixture.services.doses.list({ limit: 1 }).items).toMatchObject([{ state: 'partial' }]);
  });

  it('is not lost in a flood of what is no order, but in one of orders, which is told', async () => {
    const { fixture, broker } = await boot();
    const NOISE = ['nonsense', '{"volume_ml":"5"}', '{}', 'x'.repeat(5_000), '['.repeat(3_000)];
    for (let time = 0; time < 2_000; time++) broker.deliver(ORDER, NOISE[time % NOISE.length] ?? '');
    for (let time = 0; time < 2_000; time++) broker.deliver(`doser/cmd/no-${time}/dose`, { volume_ml: 1 });
    broker.deliver(ORDER, { volume_ml: 1, id: 'mine' });
    await fixture.clock.advance(5_000);
    expect(broker.on('doser/stat/a/result')).toContainEqual(
      expect.objectContaining({ id: 'mine', result: 'accepted' }),
    );
    expect(broker.on('doser/errors').length).toBeLessThan(50);
    for (let time = 0; time < 2_000; time++) broker.deliver(ORDER, { volume_ml: 50, duration: 1, id: `flood-${time}` });
    await fixture.clock.advance(5_000);
    expect(broker.on('doser/errors').some(({ code }) => code === 'E408')).toBe(true);
    expect(fixture.services.doses.list({ limit: 500 }).items.length).toBeLessThan(150);
  });
});

describe('a stop over MQTT', () => {
  it('stops one pump, or latches the emergency stop for all', async () => {
    const { fixture, broker } = await boot();
    const doses = ['a', 'b'].map((pump) => fixture.orderAccepted(pump, { volume_ml: 20, duration_s: 60 }));
    await fixture.clock.advance(5_000);
    broker.deliver('cmnd/doser/a/stop', '{}');
    await fixture.clock.advance(2_000);
    expect(doses.map((id) => fixture.services.doses.get(id).state)).toEqual(['partial', 'running']);
    expect(broker.on('stat/doser/a/result')).toMatchObject([{ result: 'stopped', 'pump-id': 'a' }]);
    broker.deliver('doser/cmd/stop', '');
    await fixture.clock.advance(2_000);
    expect(fixture.services.stops.state()).toMatchObject({ latched: true, actor: 'mqtt' });
    expect(broker.on('doser/events').map(({ event }) => event)).toContain('emergency_stop');
  });
});

describe('how it stands', () => {
  it('is told from the first attempt on, with the reason where it failed', async () => {
    const slow = new FakeMqttBroker();
    slow.isFrozen = true;
    expect((await boot({ broker: slow })).bridge.standing).toMatchObject({ state: 'connecting', failure: null });
    const broker = new FakeMqttBroker();
    broker.isWary = true;
    const { fixture, bridge } = await boot({ broker });
    expect(bridge.standing).toMatchObject({ state: 'refused', failure: { cause: 'login' } });
    broker.isWary = false;
    await fixture.clock.advance(60_000);
    expect(bridge.standing).toMatchObject({ state: 'connected', failure: null, waiting: 0 });
    const before = bridge.standing.forMs;
    await fixture.clock.advance(30_000);
    expect(bridge.standing.forMs - before).toBeCloseTo(30_000, -1);
    broker.isAway = true;
    broker.lose();
    expect(bridge.standing).toMatchObject({ state: 'refused', forMs: 0 });
  });

  it('names the latest messages both ways, of each topic one', async () => {
    const { fixture, broker, bridge } = await boot();
    broker.deliver('doser/cmd/a/dose', { volume_ml: 1 });
    broker.deliver('doser/cmd/a/dose', { volume_ml: 2, id: 'x'.repeat(500) });
    await fixture.clock.advance(10_000);
    const recent = bridge.standing.recent.list();
    const came = recent.filter(({ direction }) => direction === 'in');
    expect(came).toHaveLength(1);
    expect(came[0]).toMatchObject({ topic: 'doser/cmd/a/dose', text: expect.stringMatching(/^{"volume_ml":2.*…$/) });
    expect(recent.map(({ topic }) => topic)).toContain('doser/stat/a/result');
    expect(new Set(recent.map(({ topic }) => topic)).size).toBe(recent.length);
    expect(recent.length).toBeLessThanOrEqual(21);
  });
});

describe('a broker that was away', () => {
  it('gets every event afterwards, in order, and the states as they are', async () => {
    const { fixture, broker } = await boot();
    broker.isAway = true;
    broker.lose();
    expect(broker.retained.get('doser/availability')).toBe('offline');
    expect(broker.retained.get('tele/doser/LWT')).toBe('Offline');
    for (let dose = 0; dose < 3; dose++) {
      fixture.orderAccepted('a', { volume_ml: 1 });
      await fixture.clock.advance(60_000);
    }
    expect(broker.on('doser/events')).toEqual([]);
    broker.isAway = false;
    await fixture.clock.advance(61_000);
    const told = broker.on('doser/events');
    expect(told.map(({ event }) => event)).toEqual(Array(3).fill(['dosing_started', 'dosing_complete']).flat());
    expect(told.map(({ seq }) => seq)).toEqual(told.map(({ seq }) => seq).toSorted((a, b) => Number(a) - Number(b)));
    expect(broker.retained.get('doser/availability')).toBe('online');
    expect(broker.retained.get('tele/doser/LWT')).toBe('Online');
    expect(JSON.parse(broker.retained.get('doser/stat/a/status') ?? '')).toMatchObject({ state: 'idle' });
  });

  it('is asked less and less often, and told of where people look', async () => {
    const { fixture, broker, bridge } = await boot();
    broker.isAway = true;
    broker.lose();
    const before = broker.dials;
    await fixture.clock.advance(3_600_000);
    expect(broker.dials - before).toBeGreaterThan(100);
    expect(broker.dials - before).toBeLessThan(150);
    expect(bridge.trouble).toContain(
      'E309: The MQTT broker mqtt://broker.test:1883 cannot be used (connect ECONNREFUSED)',
    );
    expect(bridge.isConnected).toBe(false);
    broker.isAway = false;
    await fixture.clock.advance(61_000);
    expect(bridge.trouble).toBeNull();
    expect(bridge.isConnected).toBe(true);
  });

  it('that lost a message gets it again, with the same number', async () => {
    const { fixture, broker } = await boot();
    fixture.orderAccepted('a', { volume_ml: 1 });
    await fixture.clock.advance(100);
    broker.losses = 1;
    await fixture.clock.advance(20_000);
    const told = new Set(broker.on('doser/events').map(({ event, seq }) => `${event} ${seq}`));
    expect([...told].map((each) => each.split(' ')[0])).toEqual(['dosing_started', 'dosing_complete']);
  });

  it('that lost an answer with the connection gets it on the next one', async () => {
    const { fixture, broker } = await boot();
    broker.losses = 1;
    broker.deliver(ORDER, { volume_ml: 1, id: 'one' });
    await fixture.clock.advance(5_000);
    expect(broker.on('doser/stat/a/result')).toMatchObject([{ id: 'one', result: 'accepted' }]);
    expect(broker.on('stat/doser/a/result')).toMatchObject([{ id: 'one', result: 'accepted' }]);
  });

  it('has an event again, and the next ones, where the database could not note that it has it', async () => {
    const disk = { isFull: false };
    const { fixture, broker } = await boot({ disk });
    disk.isFull = true;
    fixture.orderAccepted('a', { volume_ml: 1 });
    await fixture.clock.advance(10_000);
    const told = () => broker.on('doser/events').map(({ event }) => event);
    expect(told()).not.toContain('dosing_complete');
    expect(told().length).toBeGreaterThan(3);
    disk.isFull = false;
    await fixture.clock.advance(2_000);
    expect([...new Set(told())]).toEqual(['dosing_started', 'dosing_complete']);
  });

  it('that hangs has an event only once it answers again, and keeps nobody from stopping', async () => {
    const { fixture, broker, bridge } = await boot();
    broker.isFrozen = true;
    fixture.orderAccepted('a', { volume_ml: 1 });
    await fixture.clock.advance(10_000);
    broker.isFrozen = false;
    broker.lose();
    await fixture.clock.advance(61_000);
    expect(broker.on('doser/events').map(({ event }) => event)).toEqual(['dosing_started', 'dosing_complete']);
    broker.isFrozen = true;
    await fixture.clock.until(bridge.stop());
  });

  it('that takes and drops it over and over is left alone longer and longer', async () => {
    const { fixture, broker } = await boot();
    const before = broker.dials;
    for (let second = 0; second < 120; second++) {
      await fixture.clock.advance(1_000);
      broker.lose();
    }
    expect(broker.dials - before).toBeLessThan(20);
  });

  it('learns of what happened before the unit crashed', async () => {
    const { fixture, broker, start } = await boot();
    broker.isAway = true;
    broker.lose();
    fixture.orderAccepted('a', { volume_ml: 1 });
    await fixture.clock.advance(20_000);
    fixture.crash();
    await fixture.boot();
    broker.isAway = false;
    start();
    await fixture.clock.advance(5_000);
    expect(broker.on('doser/events').map(({ event }) => event)).toEqual(
      expect.arrayContaining(['dosing_started', 'dosing_complete']),
    );
  });

  it('is told what was given today until the day is over, though nobody drives the pumps any more', async () => {
    const { fixture, broker } = await boot();
    const todayMl = () => JSON.parse(broker.retained.get('doser/stat/a/status') ?? '{}').dosed_today_ml;
    expect(todayMl()).toBe(0);
    // In Warsaw it is 13 o'clock, and then ten minutes to midnight.
    fixture.clock.sleepThrough((10 * 60 + 50) * 60_000);
    await fixture.clock.advance(60_000);
    fixture.orderAccepted('a', { volume_ml: 5 });
    await fixture.clock.advance(7 * 60_000);
    expect(todayMl()).toBeCloseTo(5, 1);
    fixture.agent.kill();
    await fixture.clock.advance(3 * 60_000);
    expect(todayMl()).toBe(0);
  });

  it('is told how the unit is once a minute', async () => {
    const { fixture, broker } = await boot();
    await fixture.clock.advance(120_000);
    expect(broker.on('tele/doser/status')).toHaveLength(3);
    expect(broker.on('tele/doser/status').at(-1)).toMatchObject({
      ...{ agent: 'connected', clock: 'trusted', uptime_s: 120 },
      pumps: { a: { state: 'idle' }, b: { state: 'idle' } },
    });
  });
});
