// Proves that what devices tell is known, each message once, and that nothing which anybody publishes does harm.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startFleet } from './fleet-fixture.ts';

const ONLINE = { status: 'idle', firmwareVersion: '2.1', batteryLevel: 88 };
const numbered = (boot: number, seq: number, body: object) => ({ v: 1, boot, seq, ...body });

describe('a device', () => {
  it('is known from its first plain message on, with what it told and when the server got it', async () => {
    const { tell, view } = await startFleet();
    tell('PUMP_0001', 'status', ONLINE);
    tell('PUMP_0001', 'progress', { progressPercent: 40, ward: 'B', receivedAt: 'never' });
    expect(view('PUMP_0001')).toMatchObject({
      ...{ id: 'PUMP_0001', presence: 'online', presenceReason: null, dialect: 'v0', firmwareVersion: '2.1' },
      status: { ...ONLINE, receivedAt: '2026-03-01T07:30:00.010Z' },
      progress: { progressPercent: 40, ward: 'B', receivedAt: '2026-03-01T07:30:00.010Z' },
    });
  });

  it('falls silent by its own pace, and comes back with its next message', async () => {
    const { clock, tell, view } = await startFleet();
    for (let count = 0; count < 5; count++) {
      tell('a', 'progress', { progressPercent: count });
      await clock.advance(1_000);
    }
    expect(view('a')).toMatchObject({ presence: 'online', periodS: 1 });
    await clock.advance(2_300);
    expect(view('a')).toMatchObject({ presence: 'stale', presenceReason: 'it is silent' });
    await clock.advance(7_000);
    expect(view('a').presence).toBe('offline');
    tell('a', 'progress', {});
    expect(view('a').presence).toBe('online');
  });

  it('is offline at its last will, but not at that of an older start or connection', async () => {
    const { dropped, tell, view } = await startFleet();
    tell('a', 'status', numbered(4, 10, { ...ONLINE, session: 2 }));
    tell('a', 'progress', numbered(4, 11, {}));
    tell('a', 'status', numbered(3, 0, { status: 'offline' }));
    tell('a', 'status', numbered(4, 0, { status: 'offline', session: 1 }));
    expect(view('a').presence).toBe('online');
    expect(dropped()).toEqual({ 'old-will': 2 });
    tell('a', 'status', numbered(4, 9, { status: 'offline', session: 2 }));
    expect(view('a')).toMatchObject({ presence: 'offline', status: { status: 'offline' } });
    tell('a', 'progress', numbered(4, 12, {}));
    expect(view('a').presence).toBe('online');
  });

  it('tells each thing once: copies and what others overtook change nothing', async () => {
    const { dropped, tell, view } = await startFleet();
    tell('a', 'progress', numbered(1, 5, { progressPercent: 50 }));
    tell('a', 'progress', numbered(1, 5, { progressPercent: 1 }), { dup: true });
    tell('a', 'progress', numbered(1, 8, { progressPercent: 80 }));
    tell('a', 'progress', numbered(1, 7, { progressPercent: 70 }));
    tell('a', 'progress', numbered(0, 9, { progressPercent: 90 }));
    expect(view('a').progress).toMatchObject({ progressPercent: 80 });
    expect(dropped()).toEqual({ duplicate: 1, overtaken: 1, 'old-boot': 1 });
  });

  it('is remembered over a restart, and believed again when it is heard', async () => {
    const first = await startFleet();
    first.tell('a', 'status', numbered(2, 1, ONLINE));
    first.tell('a', 'progress', numbered(2, 9, { progressPercent: 30 }));
    await first.stop();
    const { broker, store } = first;
    const { dropped, tell, view } = await startFleet({ broker, store });
    expect(view('a')).toMatchObject({ presence: 'unknown', dialect: 'v1', progress: { progressPercent: 30 } });
    tell('a', 'status', numbered(2, 1, ONLINE), { retain: true });
    tell('a', 'progress', numbered(2, 9, {}));
    expect(view('a').presence).toBe('unknown');
    expect(dropped()).toEqual({ duplicate: 2 });
    tell('a', 'progress', numbered(2, 10, {}));
    expect(view('a').presence).toBe('online');
  });

  it('is written seldom, and many devices at once', async () => {
    const { clock, stop, store, tell } = await startFleet();
    const saved = (where = '') => store.all(`SELECT boot, seq FROM devices ${where}`);
    for (let seq = 0; seq < 20; seq++) tell('a', 'progress', numbered(1, seq, {}));
    for (let id = 1; id < 500; id++) tell(`b${id}`, 'progress', numbered(1, 1, {}));
    expect(saved()).toEqual([]);
    await clock.advance(10_000);
    expect([saved(`WHERE device_id = 'a'`), saved().length]).toEqual([[{ boot: 1, seq: 19 }], 200]);
    await clock.advance(300);
    expect(saved()).toHaveLength(500);
    tell('a', 'progress', numbered(1, 20, {}));
    await stop();
    expect(saved(`WHERE device_id = 'a'`)).toEqual([{ boot: 1, seq: 20 }]);
  });
});

describe('a retained message', () => {
  it('is how a device was, never an event, and no sign of life', async () => {
    const { dropped, tell, view } = await startFleet();
    for (const name of ['progress', 'error', 'infusion', 'completion', 'ack'] as const) {
      tell('a', name, { commandId: 'c', stage: 'done' }, { retain: true });
    }
    expect(dropped()).toEqual({ 'retained-event': 5 });
    tell('a', 'status', ONLINE, { retain: true });
    expect(view('a')).toMatchObject({ presence: 'unknown', status: ONLINE, lastSeenAt: null });
    tell('b', 'status', { status: 'offline' }, { retain: true });
    expect(view('b').presence).toBe('offline');
    tell('a', 'status', '', { retain: true });
    expect(view('a').status).toMatchObject(ONLINE);
  });
});

describe('what a stranger publishes', () => {
  it.each([
    ['foreign-topic', 'devices/__proto__/progress', {}],
    ['foreign-topic', `devices/${'x'.repeat(200)}/progress`, {}],
    ['malformed', 'devices/a/progress', 'x'.repeat(20_000)],
    ['malformed', 'devices/a/progress', '['.repeat(5_000)],
    ['malformed', 'devices/a/progress', { deliveredVolumeMl: '5' }],
    ['malformed', 'devices/a/status', '{"__proto__":{"admin":true}}'],
  ])('is counted as %s and changes nothing: %s', async (reason, topic, body) => {
    const { broker, dropped, views } = await startFleet();
    broker.deliver(topic, body);
    expect([dropped(), views.list('admin')]).toEqual([{ [reason]: 1 }, []]);
  });

  it('never makes it throw, and fills neither the log nor the memory', async () => {
    const lines: string[] = [];
    const note = (_fields: object, message: string) => lines.push(message);
    const { broker, clock, dropped, tell, views } = await startFleet({
      log: { debug: note, info: () => {}, warn: note, error: note },
    });
    fc.assert(fc.property(fc.string(), fc.string(), (id, body) => broker.deliver(`devices/${id}/status`, `{${body}`)));
    for (let count = 0; count < 3_000; count++) tell(`X${count}`, 'progress', {});
    expect(views.list('admin').length).toBeLessThanOrEqual(1_000);
    expect(dropped()['too-many-devices']).toBeGreaterThanOrEqual(2_000);
    expect(lines.length).toBeLessThanOrEqual(4);
    await clock.advance(20_000);
  });
});

describe('a broker that is away', () => {
  it('is named, and no device is taken for gone because of it', async () => {
    const { broker, clock, line, tell, view } = await startFleet();
    tell('a', 'status', ONLINE);
    broker.isAway = true;
    broker.lose();
    await clock.advance(600_000);
    expect([line.isUp, line.why]).toEqual([false, expect.stringContaining('ECONNREFUSED')]);
    expect(view('a')).toMatchObject({ presence: 'stale', presenceReason: 'the MQTT broker is away' });
    broker.isAway = false;
    await clock.advance(61_000);
    expect(line.isUp).toBe(true);
    tell('a', 'status', ONLINE);
    expect(view('a').presence).toBe('online');
  });
});
