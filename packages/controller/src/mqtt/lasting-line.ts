import { type Cancel, type Clock, type Log, sleep } from '@perista/core';
import { inBackground } from '../background.ts';
import { backOffMs } from '../outgoing/back-off.ts';
import { isConnection, type MqttBroker, type MqttConnection, type MqttDial, type Publication } from './mqtt-port.ts';

/** A broker that came back is found within a minute. */
const LONGEST_PAUSE_MS = 60_000;

/** A connection that lasted for less counts as one more failure: two of one name push each other off for ever. */
const STEADY_MS = 30_000;
/** A broker that hangs keeps nobody from stopping. */
const FAREWELL_MS = 1_000;

export interface LastingLine {
  readonly isUp: boolean;
  /** On the monotonic clock, ms; null while it is up. */
  readonly downSinceMs: number | null;
  /** Why it is not up, in words. */
  readonly why: string;
  start(): void;
  /** Whether it was handed over. */
  publish(publication: Publication): Promise<boolean>;
  /** Publishes it, and no more is heard of it: the next state replaces it. */
  send(publication: Publication): void;
  /** Says `farewell` and closes. */
  stop(farewell: Publication): Promise<void>;
}

interface LineOptions extends Omit<MqttDial, 'onLost'> {
  onUp(): void;
}

interface LinePorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly broker: MqttBroker;
}

/** A connection that is dialled again whenever it is lost, later and later while it fails. */
export function lastingLine({ clock, log, broker }: LinePorts, { onUp, ...dial }: LineOptions): LastingLine {
  let connection: MqttConnection | null = null;
  let downSinceMs: number | null = clock.monotonicMs();
  let why = 'not connected yet';
  let upSinceMs = 0;
  let failures = 0;
  let isStopped = false;
  let cancelPause: Cancel = () => {};

  const lose = (reason: string) => {
    if (connection !== null && clock.monotonicMs() - upSinceMs >= STEADY_MS) failures = 0;
    connection = null;
    downSinceMs ??= clock.monotonicMs();
    if (isStopped) return;
    if (failures === 0) log.warn({ broker: broker.address, client: dial.clientId, reason }, 'the MQTT broker is away');
    why = reason;
    failures++;
    cancelPause = clock.after(backOffMs(failures, LONGEST_PAUSE_MS), () => go());
  };
  const go = () => inBackground(log, 'connect to the MQTT broker', connect());
  const connect = async () => {
    let isLost = false;
    const onLost = ({ reason }: { readonly reason: string }) => {
      isLost = true;
      if (connection !== null) lose(reason);
    };
    const dialled = await broker.dial({ ...dial, onLost });
    if (!isConnection(dialled)) return lose(dialled.reason);
    if (isStopped) return dialled.close();
    if (isLost) return lose('it closed the connection at once');
    connection = dialled;
    downSinceMs = null;
    upSinceMs = clock.monotonicMs();
    log.info({ broker: broker.address, client: dial.clientId }, 'connected to the MQTT broker');
    onUp();
  };
  const publish = (publication: Publication) => connection?.publish(publication) ?? Promise.resolve(false);

  return {
    get isUp() {
      return connection !== null;
    },
    get downSinceMs() {
      return downSinceMs;
    },
    get why() {
      return why;
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
        await last.publish(farewell);
        await last.close();
      };
      await Promise.race([leave(), sleep(clock, FAREWELL_MS)]);
      last.drop();
    },
  };
}
