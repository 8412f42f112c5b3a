import { Socket } from 'node:net';
import { connect, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import { causeOf } from './failure-cause.ts';
import type { Arrival, MqttBroker, MqttConnection, MqttDial, MqttFailure } from './mqtt-port.ts';

const CONNECT_LIMIT_MS = 10_000;
const KEEP_ALIVE_S = 30;
/** Brokers that know 3.1.1 alone refuse 5 by one of these. */
const WRONG_VERSION: ReadonlySet<unknown> = new Set([1, 132]);

/** Another client came under the same name (MQTT 5 section 3.14.2.1). */
const TAKEN_OVER = 142;
const twins = (name: string) =>
  `another came under the same name, ${name}; each needs its own, a unit by PERISTA_DOSER_ID`;

export interface BrokerAccess {
  /** `mqtt://` or `mqtts://` with host and port, or `mqtt+unix://` with the path of a socket. */
  readonly url: string;
  /** For people; the URL unless said otherwise. */
  readonly address?: () => string;
  /** Whether it is the one that the unit brings along. */
  readonly isOwn?: boolean;
  /** Why it cannot be used, where that is known without asking it; null if nothing is. */
  readonly trouble?: () => string | null;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** {@link MqttBroker} by MQTT.js: MQTT 5, or 3.1.1 where the broker knows no more; certificates are verified. */
export function mqttJsBroker({ url, address, isOwn = false, trouble, username, password }: BrokerAccess): MqttBroker {
  let protocolVersion: 4 | 5 = 5;
  const attempt = (dial: MqttDial) =>
    open(url, dial, {
      protocolVersion,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
    });
  return {
    get address() {
      return address?.() ?? url;
    },
    isOwn,
    ...(trouble !== undefined && { trouble }),
    async dial(dial) {
      const known = trouble?.() ?? null;
      if (known !== null) return failed(known, 'unreachable');
      const first = await attempt(dial);
      if (!('isOtherVersion' in first) || !first.isOtherVersion || protocolVersion === 4) return first;
      protocolVersion = 4;
      return attempt(dial);
    },
  };
}

type Refused = MqttFailure & { readonly isOtherVersion: boolean };

function open(url: string, dial: MqttDial, options: IClientOptions): Promise<MqttConnection | Refused> {
  const { will, clientId, filters, wishes = [] } = dial;
  const client = connect(url, {
    ...options,
    clientId,
    clean: true,
    reconnectPeriod: 0,
    connectTimeout: CONNECT_LIMIT_MS,
    keepalive: KEEP_ALIVE_S,
    // What cannot be handed over now is kept by whoever publishes it.
    queueQoSZero: false,
    ...(will !== undefined && { will: { ...will, payload: Buffer.from(will.body) } }),
  });
  return new Promise((resolve) => {
    let failure: Refused = { ...failed('it closed the connection'), isOtherVersion: false };
    let isOpen = false;
    const give = (connection: MqttConnection) => {
      isOpen = true;
      resolve(connection);
    };
    client.on('error', (error: Error & { readonly code?: unknown }) => {
      failure = { ...failed(error.message, causeOf(error)), isOtherVersion: WRONG_VERSION.has(error.code) };
      client.end(true);
    });
    client.on('disconnect', ({ reasonCode }) => {
      failure = {
        ...failed(reasonCode === TAKEN_OVER ? twins(clientId) : `it said good-bye (${reasonCode})`),
        isOtherVersion: false,
      };
    });
    client.on('message', (topic, bytes, packet) => dial.onArrival(arrivalOf(topic, bytes, packet)));
    client.once('close', () => {
      client.end(true);
      if (isOpen) dial.onLost(failure);
      else resolve(failure);
    });
    client.once('connect', () => {
      if (client.stream instanceof Socket) client.stream.setNoDelay(true);
      if (filters.length === 0) return give(connectionOf(client));
      client.subscribe([...filters], { qos: 1 }, (error) => {
        if (error === null) {
          if (wishes.length > 0) client.subscribe([...wishes], { qos: 1 }, () => {});
          return give(connectionOf(client));
        }
        failure = { ...failed(`it does not let us subscribe: ${error.message}`, 'forbidden'), isOtherVersion: false };
        client.end(true);
      });
    });
  });
}

const failed = (reason: string, cause: MqttFailure['cause'] = 'other'): MqttFailure => ({
  code: 'E309',
  cause,
  reason,
});

const arrivalOf = (topic: string, bytes: Uint8Array, { retain, dup, properties }: IPublishPacket): Arrival => ({
  topic,
  bytes,
  retain,
  dup,
  responseTopic: properties?.responseTopic,
  correlationData: properties?.correlationData,
});

function connectionOf(client: MqttClient): MqttConnection {
  /** Those who wait for the broker's word; when the line is lost it will not come. */
  const waiting = new Set<() => void>();
  client.once('close', () => {
    for (const lost of waiting) lost();
  });
  return {
    publish: ({ topic, body, qos, retain, correlationData }) =>
      new Promise((resolve) => {
        if (!client.connected) return resolve(false);
        const lost = () => resolve(false);
        waiting.add(lost);
        const properties = correlationData === undefined ? {} : { correlationData: Buffer.from(correlationData) };
        client.publish(topic, body, { qos, retain, properties }, (error) => {
          waiting.delete(lost);
          resolve(error == null);
        });
      }),
    close: () => new Promise((resolve) => client.end(false, {}, () => resolve())),
    drop: () => void client.end(true),
  };
}
