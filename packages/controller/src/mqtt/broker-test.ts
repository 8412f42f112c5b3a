import { type Clock, type Random, randomHex, sleep } from '@perista/core';
import type { MqttTest } from '@perista/protocol/api';
import { isConnection, type MqttBroker, type MqttFailure } from './mqtt-port.ts';

const ANSWER_LIMIT_MS = 5_000;

export interface BrokerTestPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly doserId: string;
}

type Ending = Pick<MqttTest, 'step' | 'cause' | 'reason'>;

const PASSED: Ending = { step: null, cause: null, reason: null };
const NOT_TAKEN: Ending = { step: 'publish', cause: 'forbidden', reason: 'it did not take the message' };
const NOT_BACK: Ending = {
  ...{ step: 'receive', cause: 'other' },
  reason: `the message did not come back within ${ANSWER_LIMIT_MS / 1000} s`,
};

/**
 * Sends a message to itself over a connection of its own: it comes in, may subscribe and publish, and is told, or it says
 * what is wrong. The topic lies beneath the unit's own, which brokers let it use; nobody obeys it.
 */
export async function testBroker(
  { clock, random, doserId }: BrokerTestPorts,
  broker: MqttBroker,
): Promise<Omit<MqttTest, 'broker'>> {
  const nonce = randomHex(random, 8);
  const topic = `${doserId}/test`;
  const startedMs = clock.monotonicMs();
  const back = Promise.withResolvers<Ending>();
  const run = async (): Promise<Ending> => {
    const connection = await broker.dial({
      clientId: `perista-${doserId}-test-${nonce}`,
      filters: [topic],
      onArrival: ({ bytes }) => new TextDecoder().decode(bytes) === nonce && back.resolve(PASSED),
      onLost: ({ cause, reason }) => back.resolve({ step: 'receive', cause, reason }),
    });
    if (!isConnection(connection)) return refused(connection);
    const published = connection.publish({ topic, body: nonce, qos: 1, retain: false });
    const ending = await Promise.race([
      published.then((isTaken) => (isTaken ? back.promise : NOT_TAKEN)),
      sleep(clock, ANSWER_LIMIT_MS).then(() => NOT_BACK),
    ]);
    connection.drop();
    return ending;
  };
  const ending = await run();
  return { passed: ending.step === null, ...ending, topic, took_ms: Math.round(clock.monotonicMs() - startedMs) };
}

const refused = ({ cause, reason }: MqttFailure): Ending => ({
  step: cause === 'forbidden' ? 'subscribe' : 'connect',
  cause,
  reason,
});
