import { type Clock, PeristaError, type Random } from '@perista/core';
import type { MqttState, MqttTest } from '@perista/protocol/api';
import { DOSER_TOPICS, type TopicName, topicOf } from '@perista/protocol/mqtt';
import { timestamp } from '../ledger/timestamp.ts';
import { testBroker } from './broker-test.ts';
import type { BrokerStanding } from './doser-bridge.ts';
import type { MqttBroker } from './mqtt-port.ts';

export interface MqttDeskPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly doserId: string;
  /** What the unit uses now, and how it fares; null where it uses none. */
  readonly standing: () => { readonly address: string; readonly of: BrokerStanding } | null;
  /** What it will use after a restart; null for none. */
  readonly nextBroker: () => MqttBroker | null;
}

/** What people see of the broker, and a try of it. */
export class MqttDesk {
  readonly #ports: MqttDeskPorts;

  constructor(ports: MqttDeskPorts) {
    this.#ports = ports;
  }

  state(): MqttState {
    const { clock, doserId, standing } = this.#ports;
    const now = standing();
    const of = now?.of;
    return {
      state: of?.state ?? 'off',
      broker: now?.address ?? null,
      doser_id: doserId,
      since: of === undefined ? null : timestamp(clock.wallMs() - of.forMs),
      cause: of?.failure?.cause ?? null,
      reason: of?.failure?.reason ?? null,
      waiting: of?.waiting ?? 0,
      topics: (Object.keys(DOSER_TOPICS) as TopicName[]).map((name) => ({
        name,
        direction: DOSER_TOPICS[name].direction,
        topic: topicOf(name, 'doser', doserId, '{pump}'),
        alias: topicOf(name, 'prefix', doserId, '{pump}'),
      })),
      recent: (of?.recent.list() ?? []).map(({ atMs, ...message }) => ({ at: timestamp(atMs), ...message })),
    };
  }

  /** Tries the broker of the saved settings, whether or not they apply already. @throws E406 if none is set */
  async test(): Promise<MqttTest> {
    const broker = this.#ports.nextBroker();
    if (broker === null) throw new PeristaError('E406', 'No MQTT broker is set; set mqtt.url first');
    return { ...(await testBroker(this.#ports, broker)), broker: broker.address };
  }
}
