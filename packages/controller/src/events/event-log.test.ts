// Proves that events are told in order, without a gap, if and only if what they tell is durable (I19).
import { PeristaError, silentLog, VirtualClock } from '@perista/core';
import type { LogEvent } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import { migrate } from '../store/migrate.ts';
import { MIGRATIONS } from '../store/migrations/index.ts';
import { NodeSqliteStore } from '../store/node-sqlite-store.ts';
import { EventBus } from './event-bus.ts';
import { StoredEventLog } from './event-log.ts';
import { Outbox } from './outbox.ts';

function setUp() {
  const store = new NodeSqliteStore(':memory:');
  migrate(store, MIGRATIONS, 0);
  const clock = new VirtualClock({ wallMs: Date.UTC(2026, 2, 1) });
  const bus = new EventBus(silentLog);
  const events = new StoredEventLog({ store, clock, bus, log: silentLog });
  return { store, clock, bus, events, log: silentLog };
}

const seqs = (events: readonly LogEvent[]) => events.map(({ seq }) => seq);

describe('the event log', () => {
  it('tells an event too whose commit failed and yet stands', async () => {
    const { store, bus } = setUp();
    const falseAlarm = {
      all: store.all.bind(store),
      get: store.get.bind(store),
      transaction: store.transaction.bind(store),
      close: () => store.close(),
      run: (...statement: Parameters<typeof store.run>) => {
        store.run(...statement);
        throw new PeristaError('E301');
      },
    };
    const events = new StoredEventLog({ store: falseAlarm, clock: new VirtualClock(), bus, log: silentLog });
    const heard: LogEvent[] = [];
    bus.subscribe({}, 'event', (event) => heard.push(event));
    expect(() => events.append({ kind: 'one' })).toThrow();
    await null;
    expect(seqs(heard)).toEqual([1]);
  });

  it('has no gaps, also over transactions that were given up, and publishes only what was committed, in order', async () => {
    const { store, bus, events } = setUp();
    const heard: LogEvent[] = [];
    bus.subscribe({}, 'event', (event) => heard.push(event));
    store.transaction(() => events.append({ kind: 'one', data: { ml: 5 } }));
    const givenUp = () =>
      store.transaction(() => {
        events.append({ kind: 'never' });
        throw new Error('given up');
      });
    expect(givenUp).toThrow();
    store.transaction(() => {
      events.append({ kind: 'two', severity: 'alarm', pump_id: 'a', dose_id: 'd', actor: 'ola' });
      events.append({ kind: 'three' });
      expect(heard).toEqual([]);
    });
    await null;
    expect(heard.map(({ kind }) => kind)).toEqual(['one', 'two', 'three']);
    expect(seqs(heard)).toEqual([1, 2, 3]);
    expect(heard[0]).toEqual({
      seq: 1,
      at: '2026-03-01T00:00:00.000Z',
      kind: 'one',
      severity: 'info',
      pump_id: null,
      dose_id: null,
      actor: null,
      data: { ml: 5 },
    });
  });

  it('is read page by page, newest first, and by pump and kind', () => {
    const { events } = setUp();
    for (const kind of ['x', 'y', 'x', 'y', 'x'])
      events.append({ kind, pump_id: kind === 'x' ? 'a' : 'b', actor: kind });
    const first = events.list({ limit: 3 });
    expect(seqs(first.items)).toEqual([5, 4, 3]);
    const rest = events.list({ limit: 3, cursor: first.next_cursor ?? '' });
    expect([seqs(rest.items), rest.next_cursor]).toEqual([[2, 1], null]);
    expect(seqs(events.list({ limit: 9, kind: 'y' }).items)).toEqual([4, 2]);
    expect(seqs(events.list({ limit: 9, actor: 'y' }).items)).toEqual([4, 2]);
    expect(seqs(events.list({ limit: 9, pump_id: 'a' }).items)).toEqual([5, 3, 1]);
  });

  it('hands each sink every event once and in order, from the sink’s first day on', () => {
    const ports = setUp();
    const { events } = ports;
    events.append({ kind: 'before' });
    const taken = () => {
      const seen: LogEvent[] = [];
      const outbox = new Outbox(ports, { sink: 'remote-log', hear: (event) => seen.push(event), onTaken: () => {} });
      outbox.start();
      outbox.stop();
      return seqs(seen);
    };
    expect(taken()).toEqual([]);
    const several = Array.from({ length: 250 }, (_, index) => index + 2);
    for (const _ of several) events.append({ kind: 'x' });
    expect(taken()).toEqual(several);
    expect(taken()).toEqual([]);
  });

  it('hands over a batch again by itself if one of its events could not be taken, and nothing written for it stands', async () => {
    const ports = setUp();
    const { store, events, clock } = ports;
    let isBroken = true;
    let taken = 0;
    const hear = ({ seq }: LogEvent) => {
      store.run('INSERT INTO outbox VALUES (?, 0)', `note ${seq}`);
      if (isBroken && seq === 2) throw new PeristaError('E301');
    };
    const outbox = new Outbox(ports, { sink: 'remote-log', hear, onTaken: () => taken++ });
    for (const kind of ['x', 'y']) events.append({ kind });
    const noted = () => store.all<{ sink: string }>("SELECT sink FROM outbox WHERE sink LIKE 'note %'");
    outbox.start();
    await clock.advance(60_000);
    expect([noted(), taken]).toEqual([[], 0]);
    isBroken = false;
    await clock.advance(1_000);
    expect([noted(), taken]).toEqual([[{ sink: 'note 1' }, { sink: 'note 2' }], 1]);
  });
});

describe('the bus', () => {
  it('lets an owner go with all it subscribed to, and shields listeners from each other', async () => {
    const { bus, events } = setUp();
    const [leaving, staying] = [{}, {}];
    const heard: string[] = [];
    bus.subscribe(leaving, 'event', () => heard.push('leaving'));
    bus.subscribe(leaving, 'pump-state', () => heard.push('leaving too'));
    bus.subscribe(staying, 'event', () => {
      throw new Error('listener broke');
    });
    bus.subscribe(staying, 'event', ({ kind }) => heard.push(kind));
    bus.unsubscribeAll(leaving);
    events.append({ kind: 'one' });
    bus.publish('pump-state', { pumpId: null });
    await null;
    expect(heard).toEqual(['one']);
  });
});
