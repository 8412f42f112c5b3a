// Proves that the broker of tests and simulated worlds does what brokers do, well or ill: it retains, tells wills, keeps order,
// delivers again what was not acknowledged, and loses what was on its way (for P1 and I19).
import { VirtualClock } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { type Arrival, isConnection } from './mqtt-port.ts';
import { VirtualBroker } from './virtual-broker.ts';

const TOPIC = 'doser/cmd/a/dose';
const bytes = (text: string) => new TextEncoder().encode(text);

async function join(broker: VirtualBroker, clock: VirtualClock, clientId = 'unit') {
  const arrivals: (Pick<Arrival, 'retain' | 'dup'> & { text: string })[] = [];
  const losses: string[] = [];
  const connection = await clock.until(
    broker.dial({
      clientId,
      filters: ['doser/cmd/+/dose'],
      will: { topic: 'doser/availability', body: 'offline', qos: 1, retain: true },
      onArrival: (arrival) =>
        arrivals.push({ text: new TextDecoder().decode(arrival.bytes), retain: arrival.retain, dup: arrival.dup }),
      onLost: ({ reason }) => losses.push(reason),
    }),
  );
  if (!isConnection(connection)) throw new Error(connection.reason);
  return { connection, arrivals, losses };
}

function begin() {
  const clock = new VirtualClock();
  const taken: string[] = [];
  const broker = new VirtualBroker(clock, ({ body }) => taken.push(body));
  return { clock, broker, taken };
}

describe('the virtual broker', () => {
  it('tells whoever comes later that a message was retained, and nobody else', async () => {
    const { clock, broker } = begin();
    const early = await join(broker, clock);
    broker.publish({ topic: TOPIC, bytes: bytes('1'), retain: true });
    const late = await join(broker, clock, 'late');
    expect(early.arrivals).toEqual([{ text: '1', retain: false, dup: false }]);
    expect(late.arrivals).toEqual([{ text: '1', retain: true, dup: false }]);
    broker.publish({ topic: TOPIC, bytes: bytes(''), retain: true });
    expect(broker.retained.size).toBe(0);
  });

  it('publishes the will of who is lost, and pushes off who comes under the same name', async () => {
    const { clock, broker, taken } = begin();
    const first = await join(broker, clock);
    await join(broker, clock);
    expect(first.losses).toEqual(['another unit came under the same name']);
    expect(taken).toEqual(['offline']);
    expect(await first.connection.publish({ topic: 'x', body: 'x', qos: 0, retain: false })).toBe(false);
  });

  it('keeps the order of what is under way, and loses it with the connection', async () => {
    const { clock, broker, taken } = begin();
    const { connection } = await join(broker, clock);
    const delays = [500, 10];
    broker.change({ delayMs: () => delays.shift() ?? 0 });
    const say = (body: string) => connection.publish({ topic: 'x', body, qos: 1, retain: false });
    const both = Promise.all([say('one'), say('two')]);
    await clock.advance(499);
    expect(taken).toEqual([]);
    await clock.advance(1);
    expect([taken, await both]).toEqual([
      ['one', 'two'],
      [true, true],
    ]);
    broker.change({ delayMs: () => 100 });
    const lost = say('three');
    broker.lose();
    expect(await lost).toBe(false);
    await clock.advance(1_000);
    expect(taken).toEqual(['one', 'two', 'offline']);
  });

  it('delivers again what was not acknowledged or came meanwhile, where it keeps what it should not', async () => {
    const { clock, broker } = begin();
    await join(broker, clock);
    broker.change({ keepsSessions: true, delayMs: () => 50 });
    broker.publish({ topic: TOPIC, bytes: bytes('1'), retain: false });
    broker.lose();
    broker.publish({ topic: TOPIC, bytes: bytes('2'), retain: false });
    const { arrivals } = await join(broker, clock);
    await clock.advance(1_000);
    expect(arrivals).toEqual([
      { text: '1', retain: false, dup: true },
      { text: '2', retain: false, dup: true },
    ]);
  });

  it('lets through what was sent while it was frozen once it thaws', async () => {
    const { clock, broker, taken } = begin();
    const { connection } = await join(broker, clock);
    broker.change({ isFrozen: true });
    const said = connection.publish({ topic: 'x', body: 'one', qos: 1, retain: false });
    await clock.advance(5_000);
    expect(taken).toEqual([]);
    broker.change({ isFrozen: false });
    expect([await said, taken]).toEqual([true, ['one']]);
  });
});
