// A client that asks for more than one client may has to go before the broker sees what it sent; the others notice nothing.
import { VirtualClock } from '@perista/core';
import type { IConnectPacket, IPublishPacket, ISubscribePacket, Packet } from 'mqtt-packet';
import { beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from './broker-limits.ts';
import { PacketGate } from './packet-gate.ts';

const connect: IConnectPacket = { cmd: 'connect', clientId: 'phone' };
const publish: IPublishPacket = { cmd: 'publish', topic: 'a/b', payload: '1', qos: 0, dup: false, retain: false };
const subscribe = (...topics: string[]): ISubscribePacket => ({
  cmd: 'subscribe',
  messageId: 1,
  subscriptions: topics.map((topic) => ({ topic, qos: 1 })),
});
const unsubscribe = (...unsubscriptions: string[]): Packet => ({ cmd: 'unsubscribe', messageId: 1, unsubscriptions });

let clock: VirtualClock;
let gate: PacketGate;
beforeEach(() => {
  clock = new VirtualClock();
  gate = new PacketGate(clock);
});

it('lets a client connect, publish, subscribe and leave', () => {
  const packets: Packet[] = [connect, publish, subscribe('a/#', '$SYS/#'), unsubscribe('a/#'), { cmd: 'pingreq' }];
  expect(packets.map((packet) => gate.look(packet))).toEqual(packets.map(() => null));
});

it.each(['', 'HA-2', 'paho/1f', 'urządzenie'])('takes the client id %j', (clientId) => {
  expect(gate.look({ ...connect, clientId })).toBeNull();
});

it.each(['a+', '#', '__proto__', 'constructor', 'a\u0000', '\ud800', 'x'.repeat(257)])(
  'sends the client id %j away',
  (clientId) => {
    expect(gate.look({ ...connect, clientId })).toContain('client id');
  },
);

describe('a client that is connected', () => {
  beforeEach(() => void gate.look(connect));

  it.each([
    ['another connect', connect, 'twice'],
    ['a topic with a wildcard', { ...publish, topic: 'a/+' }, 'wildcard'],
    ['a topic of 65 kB', { ...publish, topic: 'x'.repeat(65_000) }, 'characters'],
    ['a deep topic', { ...publish, topic: '/'.repeat(40) }, 'levels'],
    ['a topic that objects inherit', { ...publish, topic: '__proto__' }, 'nothing has'],
    ['a topic with a zero', { ...publish, topic: 'a\u0000' }, 'nothing has'],
    ['an answer to a wildcard', { ...publish, properties: { responseTopic: '#' } }, 'wildcard'],
    ['a doubled property', { ...publish, properties: { responseTopic: ['a', 'b'] as unknown as string } }, 'twice'],
    ['a subscription that objects inherit', subscribe('a', 'constructor'), 'nothing has'],
    ['an end of one', unsubscribe('__proto__'), 'nothing has'],
    ['a subscription of 65 kB', subscribe('x'.repeat(65_000)), 'characters'],
  ] as const)('is sent away for %s', (_, packet, words) => {
    expect(gate.look(packet as Packet)).toContain(words);
  });

  it('is sent away for one subscription too many, though not for the same ones again', () => {
    const names = Array.from({ length: LIMITS.subscriptions }, (_, index) => `a/${index}`);
    expect(gate.look(subscribe(...names))).toBeNull();
    expect(gate.look(subscribe(...names))).toBeNull();
    expect(gate.look(unsubscribe('a/0'))).toBeNull();
    expect(gate.look(subscribe('b'))).toBeNull();
    expect(gate.look(subscribe('c'))).toContain('subscriptions');
  });

  it('is sent away for messages at QoS 2 that it never releases', () => {
    const hold = (messageId: number) => gate.look({ ...publish, qos: 2, messageId });
    for (let id = 1; id <= LIMITS.unreleased; id++) expect(hold(id)).toBeNull();
    expect(gate.look({ cmd: 'pubrel', messageId: 7 })).toBeNull();
    expect(hold(7)).toBeNull();
    expect(hold(60_000)).toContain('QoS 2');
  });

  it('is sent away for a flood, and not for a burst', async () => {
    const { burst, perSecond } = LIMITS.packets;
    for (let sent = 1; sent < burst; sent++) expect(gate.look(publish)).toBeNull();
    expect(gate.look(publish)).toContain('packets a second');
    await clock.advance(1_000);
    for (let sent = 0; sent < perSecond; sent++) expect(gate.look(publish)).toBeNull();
    expect(gate.look(publish)).toContain('packets a second');
  });

  it('is sent away for too many bytes', () => {
    expect(gate.weigh(LIMITS.bytes.burst)).toBeNull();
    expect(gate.weigh(1)).toContain('MB');
  });
});

it('sends away who does not begin by connecting', () => {
  expect(gate.look(publish)).toContain('connecting');
});
