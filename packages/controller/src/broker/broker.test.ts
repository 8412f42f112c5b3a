// A broker whose port is taken says so and tries again; it lets the unit in once others can reach it, and not before.
import { silentLog, VirtualClock } from '@perista/core';
import { beforeEach, expect, it } from 'vitest';
import type { AedesBroker } from './aedes-broker.ts';
import { type BrokerState, startBroker } from './broker.ts';
import { isLoopback } from './loopback.ts';
import type { OpenDoor } from './node-door.ts';

let clock: VirtualClock;
let states: BrokerState[];
let open: string[];
let taken: string | null;
let closed: number;
beforeEach(() => {
  clock = new VirtualClock();
  states = [];
  open = [];
  taken = null;
  closed = 0;
});

const inside: AedesBroker = {
  takeClient() {},
  takeController() {},
  endThose() {},
  async close() {
    closed++;
  },
};

async function start(host = '127.0.0.1', port = 1883) {
  const door = (name: string): OpenDoor => {
    open.push(name);
    return {
      port: port || 4711,
      async close() {
        open = open.filter((each) => each !== name);
      },
    };
  };
  return startBroker({
    ...{ clock, log: silentLog, host, port, broker: inside },
    async openTcp() {
      if (taken !== null) throw Object.assign(new Error('cannot listen'), { code: taken });
      return door('world');
    },
    openOwn: async () => door('own'),
    onState: (state) => states.push(state),
  });
}

it('tells the port that the kernel chose', async () => {
  const broker = await start('127.0.0.1', 0);
  expect(broker.state).toEqual({ kind: 'open', url: 'mqtt://127.0.0.1:4711' });
  expect(open).toEqual(['world', 'own']);
  await broker.stop();
  expect(open).toEqual([]);
  expect(closed).toBe(1);
});

it('says what to set where the port is taken, keeps the unit out, and is there once it is free', async () => {
  taken = 'EADDRINUSE';
  const broker = await start();
  expect(broker.state).toMatchObject({ kind: 'shut' });
  expect(states).toHaveLength(1);
  const reason = states[0]?.kind === 'shut' ? states[0].reason : '';
  expect(reason).toContain('Port 1883 of 127.0.0.1 is used by another program');
  expect(reason).toContain('PERISTA_MQTT_URL=mqtt://127.0.0.1:1883');
  expect(reason).toContain('PERISTA_MQTT_PORT');
  expect(open).toEqual([]);
  await clock.advance(60_000);
  expect(states).toHaveLength(1);
  taken = null;
  await clock.advance(10_000);
  expect(states.at(-1)).toEqual({ kind: 'open', url: 'mqtt://127.0.0.1:1883' });
  await broker.stop();
});

it('tries no more once it was stopped', async () => {
  taken = 'EADDRNOTAVAIL';
  const broker = await start('192.0.2.1');
  expect(states[0]).toMatchObject({ reason: expect.stringContaining('PERISTA_MQTT_HOST') });
  await broker.stop();
  taken = null;
  await clock.advance(60_000);
  expect(open).toEqual([]);
});

it.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.5', false],
  ['127.0.0.1.example.org', false],
  ['unit.local', false],
])('%s is this machine alone: %s', (host, isAlone) => {
  expect(isLoopback(host)).toBe(isAlone);
});
