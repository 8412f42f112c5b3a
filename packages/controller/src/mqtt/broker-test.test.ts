// Proves that a test of the broker passes only if its own message came back, and otherwise says at which step it failed and why.
import { seededRandom, VirtualClock } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { testBroker } from './broker-test.ts';
import { causeOf } from './failure-cause.ts';
import { FakeMqttBroker } from './fake-mqtt-broker.ts';
import type { MqttConnection, MqttDial, MqttFailure } from './mqtt-port.ts';

async function run(broker: { dial: FakeMqttBroker['dial'] } & Pick<FakeMqttBroker, 'address'>) {
  const clock = new VirtualClock();
  const tested = testBroker({ clock, random: seededRandom(1), doserId: 'doser' }, broker);
  await clock.advance(6_000);
  return tested;
}

describe('a test of the broker', () => {
  it('passes when its message came back, and leaves no connection', async () => {
    const broker = new FakeMqttBroker();
    const tested = await run(broker);
    expect(tested).toMatchObject({ passed: true, step: null, cause: null, reason: null, topic: 'doser/test' });
    broker.lose();
    expect(broker.taken).toHaveLength(1);
    expect(broker.taken[0]).toMatchObject({ retain: false, qos: 1 });
  });

  it('takes nothing of somebody else for its own', async () => {
    const dial = async ({ onArrival }: MqttDial): Promise<MqttConnection> => ({
      async publish({ topic }) {
        const bytes = new TextEncoder().encode('something else');
        onArrival({ topic, bytes, retain: false, dup: false });
        return true;
      },
      close: async () => {},
      drop() {},
    });
    const tested = await run({ address: 'mqtt://broker.test:1883', dial });
    expect(tested).toMatchObject({ passed: false, step: 'receive', reason: expect.stringContaining('5 s') });
  });

  it.each([
    ['isAway', { step: 'connect', cause: 'unreachable' }],
    ['isWary', { step: 'connect', cause: 'login' }],
  ] as const)('says that it could not come in: %s', async (what, failure) => {
    const broker = new FakeMqttBroker();
    broker[what] = true;
    expect(await run(broker)).toMatchObject({ passed: false, ...failure });
  });

  it.each([
    [
      { code: 'E309', cause: 'forbidden', reason: 'no' },
      { step: 'subscribe', reason: 'no' },
    ],
    [
      { publish: async () => false, close: async () => {}, drop() {} },
      { step: 'publish', cause: 'forbidden' },
    ],
  ] as const)('says what it may not do: %o', async (dialled: MqttFailure | MqttConnection, failure) => {
    expect(await run({ address: 'mqtt://broker.test:1883', dial: async () => dialled })).toMatchObject({
      passed: false,
      ...failure,
    });
  });

  it('says that the connection was lost meanwhile', async () => {
    const broker = new FakeMqttBroker();
    const clock = new VirtualClock();
    const tested = testBroker({ clock, random: seededRandom(1), doserId: 'doser' }, broker);
    broker.isFrozen = true;
    await clock.advance(1_000);
    broker.lose();
    await clock.advance(0);
    expect(await tested).toMatchObject({ passed: false, step: 'publish' });
  });
});

it.each([
  [5, 'login'],
  [135, 'login'],
  ['ECONNREFUSED', 'unreachable'],
  ['ENOTFOUND', 'unreachable'],
  ['EAI_AGAIN', 'unreachable'],
  ['EHOSTUNREACH', 'unreachable'],
  ['CERT_HAS_EXPIRED', 'certificate'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate'],
  [132, 'other'],
  [undefined, 'other'],
])('an error of code %s is one of: %s', (code, cause) => {
  expect(causeOf({ code, message: 'x' })).toBe(cause);
});
