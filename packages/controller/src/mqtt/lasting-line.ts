import { type Cancel, type Clock, type Log, sleep } from '@perista/core';
import { inBackground } from '../background.ts';
import { backOffMs } from '../outgoing/back-off.ts';
import {
  isConnection,
  type MqttBroker,
  type MqttConnection,
  type MqttDial,
  type MqttFailure,
  type Publication,
} from './mqtt-port.ts';

/** A broker that came back is found within a minute. */
const LONGEST_PAUSE_MS = 60_000;

/** A connection that lasted for less counts as one more failure: two of one name push each other off for ever. */
const STEADY_MS = 30_000;
/** A broker that hangs keeps nobody from stopping. */
const FAREWELL_MS = 1_000;

const AT_ONCE: MqttFailure = { code: 'E309', cause: 'other', reason: 'it closed the connection at once' };

export interface LastingLine {
  readonly isUp: boolean;
  /** On the monotonic clock, ms; null while it is up. */
  readonly downSinceMs: number | null;
  /** On the monotonic clock, ms: since when it is up or not. */
  readonly sinceMs: number;
  /** Why it is not up, in words. */
  readonly why: string;
  /** Why the last attempt failed, or the last connection ended; null while it is up, or no attempt has ended. */
  readonly failure: MqttFailure | null;
  start(): void;
  /** Whether it was handed over. */
  publish(publication: Publication): Promise<boolean>;
  /** Publishes it, and no more is heard of it: the next state replaces it. */
  send(publication: Publication): void;
  /** Says `farewell`, if anything, and closes. */
  stop(farewell?: Publication): Promise<void>;
}

interface LineOptions extends Omit<MqttDial, 'onLost' | 'will'> {
  /** Made anew for each connection, where it tells of it. */
  readonly will?: Publication | (() => Publication);
  onUp(): void;
  /** Told of all that is handed over. */
  onPublish?(publication: Publication): void;
  onDown?(): void;
}

interface LinePorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly broker: MqttBroker;
}

/** A connection that is dialled again whenever it is lost, later and later while it fails. */
export function lastingLine(
  { clock, log, broker }: LinePorts,
  { onUp, onDown, onPublish, will, ...dial }: LineOptions,
): LastingLine {
  let connection: MqttConnection | null = null;
  let downSinceMs: number | null = clock.monotonicMs();
  let failure: MqttFailure | null = null;
  let upSinceMs = 0;
  let failures = 0;
  let isStopped = false;
  let cancelPause: Cancel = () => {};

  const lose = (why: MqttFailure) => {
    const { reason } = why;
    const wasUp = connection !== null;
    if (wasUp && clock.monotonicMs() - upSinceMs >= STEADY_MS) failures = 0;
    connection = null;
    downSinceMs ??= clock.monotonicMs();
    if (isStopped) return;
    if (failures === 0) log.warn({ broker: broker.address, client: dial.clientId, reason }, 'the MQTT broker is away');
    failure = why;
    failures++;
    cancelPause = clock.after(backOffMs(failures, LONGEST_PAUSE_MS), () => go());
    if (wasUp) onDown?.();
  };
  const go = () => inBackground(log, 'connect to the MQTT broker', connect());
  const connect = async () => {
    let isLost = false;
    const onLost = (why: MqttFailure) => {
      isLost = true;
      if (connection !== null) lose(why);
    };
    const last = typeof will === 'function' ? will() : will;
    const dialled = await broker.dial({ ...dial, ...(last !== undefined && { will: last }), onLost });
    if (!isConnection(dialled)) return lose(dialled);
    if (isStopped) return dialled.close();
    if (isLost) return lose(AT_ONCE);
    connection = dialled;
    downSinceMs = null;
    failure = null;
    upSinceMs = clock.monotonicMs();
    log.info({ broker: broker.address, client: dial.clientId }, 'connected to the MQTT broker');
    onUp();
  };
  const publish = (publication: Publication) => {
    if (connection === null) return Promise.resolve(false);
    onPublish?.(publication);
    return connection.publish(publication);
  };

  return {
    get isUp() {
      return connection !== null;
    },
    get downSinceMs() {
      return downSinceMs;
    },
    get sinceMs() {
      return downSinceMs ?? upSinceMs;
    },
    get why() {
      return failure?.reason ?? 'not connected yet';
    },
    get failure() {
      return failure;
    },
    start: go,
    publish,
    send: (publication) => void publish(publication),
    async stop(farewell) {
      isStopped = true;
      cancelPause();
      const last = connection;
      connection = null;
      if (last === null) return;
      const leave = async () => {
        if (farewell !== undefined) await last.publish(farewell);
        await last.close();
      };
      await Promise.race([leave(), sleep(clock, FAREWELL_MS)]);
      last.drop();
    },
  };
}
