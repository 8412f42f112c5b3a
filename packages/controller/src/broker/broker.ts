import type { Socket } from 'node:net';
import type { Cancel, Clock, Log } from '@perista/core';
import { inBackground } from '../background.ts';
import type { AedesBroker } from './aedes-broker.ts';
import type { OpenDoor } from './node-door.ts';

/** A program that has our port may end; we look so often. */
const TRY_AGAIN_MS = 10_000;

/** What others find of the broker. */
export type BrokerState =
  | { readonly kind: 'open'; readonly url: string }
  | { readonly kind: 'shut'; readonly reason: string };

export interface BrokerPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly host: string;
  readonly port: number;
  readonly broker: AedesBroker;
  openTcp(onSocket: (socket: Socket) => void): Promise<OpenDoor>;
  /** The door of the unit itself. */
  openOwn(onSocket: (socket: Socket) => void): Promise<OpenDoor>;
  onState(state: BrokerState): void;
}

export interface Broker {
  readonly state: BrokerState;
  stop(): Promise<void>;
}

/**
 * Opens the broker to the world, and to the unit once the world can reach it: a unit that spoke where nobody can listen
 * would take itself for connected. A port that is taken is tried again for ever.
 */
export async function startBroker(ports: BrokerPorts): Promise<Broker> {
  const { clock, log, host, port, broker, openTcp, openOwn, onState } = ports;
  let state: BrokerState = { kind: 'shut', reason: 'it starts' };
  const doors: OpenDoor[] = [];
  let isStopped = false;
  let cancel: Cancel = () => {};

  const enter = (next: BrokerState) => {
    const isNews =
      next.kind !== state.kind || (next.kind === 'shut' && state.kind === 'shut' && next.reason !== state.reason);
    state = next;
    if (!isNews) return;
    if (next.kind === 'open') log.info({ url: next.url }, 'the MQTT broker can be reached');
    else log.error({ code: 'E305' }, next.reason);
    onState(next);
  };
  const open = async () => {
    try {
      const world = await openTcp((socket) => broker.takeClient(socket));
      doors.push(world);
      doors.push(await openOwn((socket) => broker.takeController(socket)));
      enter({ kind: 'open', url: `mqtt://${host.includes(':') ? `[${host}]` : host}:${world.port}` });
    } catch (error) {
      await Promise.all(doors.splice(0).map((door) => door.close()));
      enter({ kind: 'shut', reason: whyShut(error, host, port) });
      if (!isStopped) cancel = clock.after(TRY_AGAIN_MS, () => inBackground(log, 'open the MQTT broker', open()));
    }
  };
  await open();
  return {
    get state() {
      return state;
    },
    async stop() {
      isStopped = true;
      cancel();
      const closed = doors.map((door) => door.close());
      await broker.close();
      await Promise.all(closed);
    },
  };
}

function whyShut(error: unknown, host: string, port: number): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const remedies = 'set PERISTA_MQTT_PORT to another port, or to off';
  if (code === 'EADDRINUSE') {
    return `Port ${port} of ${host} is used by another program. If that is an MQTT broker, set PERISTA_MQTT_URL=mqtt://${host}:${port} to use it; else ${remedies}`;
  }
  return `The MQTT broker cannot listen on port ${port} of ${host} (${code}); set PERISTA_MQTT_HOST to an address of this machine, or ${remedies}`;
}
