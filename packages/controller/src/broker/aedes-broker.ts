import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Cancel, Clock, Log } from '@perista/core';
import { Aedes, type AedesOptions, type AuthenticateError, type Client } from 'aedes';
import { LIMITS } from './broker-limits.ts';
import type { ClientDoor, Knock, RefusalKind } from './client-door.ts';
import { DropLog } from './drop-log.ts';
import { MqttPacketStream } from './mqtt-packet-stream.ts';
import { PacketGate } from './packet-gate.ts';
import { relieveQueues } from './relieve-queues.ts';
import { SessionlessPersistence } from './sessionless-persistence.ts';
import {
  judgePublish,
  type MqttPrincipal,
  mayRead,
  maySubscribe,
  rightsOf,
  type TopicNames,
  type TopicRights,
} from './topic-rights.ts';

export interface AedesBrokerPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly names: TopicNames;
  readonly door: Pick<ClientDoor, 'admit'>;
}

/** The broker without the ports that it is reached at. */
export interface AedesBroker {
  /** A client of anybody. */
  takeClient(socket: Socket): void;
  /** A client of the unit itself, which may do everything. */
  takeController(socket: Socket): void;
  /** Ends the connections of all those. */
  endThose(test: (principal: MqttPrincipal) => boolean): void;
  close(): Promise<void>;
}

/** One client, from its admission to its end. */
interface Guest {
  readonly principal: MqttPrincipal;
  readonly rights: TopicRights;
}

/** Return codes of MQTT 3.1.1 section 3.2.2.3; aedes has those of MQTT 5 for them. */
const RETURN_CODES: Readonly<Record<RefusalKind, AuthenticateError['returnCode']>> = {
  'client-id': 2,
  busy: 3,
  'wrong-login': 4,
  'login-needed': 5,
};
/** MQTT 5: not authorized (any more). */
const NOT_AUTHORIZED = 0x87;
const DRAIN_MS = 5_000;
/** How often what waits for all clients together is looked at. */
const LOOKS_EVERY_MS = 500;
const SHOWN_CHARACTERS = 80;

/** Said by us and told already. */
class Refused extends Error {}

/** {@link AedesBroker} by aedes: MQTT 5 and 3.1.1, in memory, with no sessions that outlive their connection. */
export async function aedesBroker({ clock, log, names, door }: AedesBrokerPorts): Promise<AedesBroker> {
  const drops = new DropLog({ clock, log });
  const kept = new SessionlessPersistence();
  /** Of each connection, also of those that have not said who they are. */
  const addresses = new Map<Duplex, string>();
  const guests = new Map<Client, Guest>();
  /** Who has a client id. Nobody takes the one of somebody else. */
  const holders = new Map<string, Guest>();
  const strangers = () => [...guests.values()].filter(({ principal }) => principal.kind !== 'controller').length;

  async function admit(client: Client, knock: Knock): Promise<Guest | Refusal> {
    const admission = knock.address === OWN ? CONTROLLER : await door.admit(knock);
    if (admission.kind === 'refused') return admission;
    const { principal } = admission;
    const guest = { principal, rights: rightsOf(principal, names) };
    if (principal.kind !== 'controller') {
      if (strangers() >= LIMITS.clients) return { because: 'busy', reason: `there are ${LIMITS.clients} clients` };
      const holder = holders.get(client.id);
      if (holder !== undefined && !isSame(holder.principal, principal)) {
        return { because: 'client-id', reason: 'somebody else has its client id' };
      }
    }
    return guest;
  }

  const options: AedesOptions = {
    persistence: kept,
    // Its queue of messages calls itself to empty itself, without end; without a limit there is none.
    concurrency: 0,
    connectTimeout: LIMITS.connectMs,
    drainTimeout: DRAIN_MS,
    maximumPacketSize: LIMITS.packetBytes,
    receiveMaximum: LIMITS.unreleased,
    maxTopicLevels: LIMITS.topicLevels,
    sessionExpiryIntervalLimit: 1,
    pendingSessionsLimit: LIMITS.clients,
    responseInformation: 'answers/',

    authenticate(client, username, password, done) {
      const address = addresses.get(client.conn as Duplex) ?? 'unknown';
      const knock = { clientId: client.id, username, password: password?.toString(), address };
      const refuse = ({ because, reason }: Refusal) => {
        drops.tell({ client: shown(client.id), user: shown(username), address, reason }, 'an MQTT client is refused');
        done(Object.assign(new Refused(reason), { returnCode: RETURN_CODES[because] }), false);
      };
      admit(client, knock).then(
        (answer) => {
          if (!('rights' in answer)) return refuse(answer);
          if (client.closed) return;
          guests.set(client, answer);
          holders.set(client.id, answer);
          client.conn.once('close', () => {
            guests.delete(client);
            if (holders.get(client.id) === answer) holders.delete(client.id);
          });
          done(null, true);
        },
        (error: unknown) => refuse({ because: 'busy', reason: String(error) }),
      );
    },

    authorizePublish(client, packet, done) {
      const guest = client === null ? undefined : guests.get(client);
      const { topic, retain, properties } = packet;
      const refuse = (reason: string) => {
        drops.tell({ client: shown(client?.id), topic: shown(topic), reason }, 'an MQTT message is refused');
        done(new Refused(reason));
      };
      if (guest === undefined) return refuse('nobody knows whose it is');
      const verdict = judgePublish(guest.rights, { topic, retain, responseTopic: properties?.responseTopic });
      if (verdict.kind === 'refused') return refuse(verdict.reason);
      const isStranger = guest.principal.kind !== 'controller';
      if (verdict.retain && isStranger && !kept.hasRoomFor(topic, packet.payload.length)) {
        return refuse('no more messages can be kept');
      }
      packet.retain = verdict.retain;
      done();
    },

    authorizeSubscribe(client, subscription, done) {
      const guest = guests.get(client);
      if (guest !== undefined && maySubscribe(guest.rights, subscription.topic)) return done(null, subscription);
      const fields = { client: shown(client.id), topic: shown(subscription.topic) };
      drops.tell(fields, 'an MQTT client may not subscribe to this');
      done(null, null);
    },

    authorizeForward(client, packet) {
      const guest = guests.get(client);
      if (guest === undefined || !mayRead(guest.rights, packet.topic)) return null;
      if (packet.retain && kept.isReplaced(packet)) return null;
      if (client.conn.writableLength <= LIMITS.queueBytes) return packet;
      if (!client.conn.destroyed) client.conn.destroy(new Error('it does not take what it subscribed to'));
      return null;
    },
  };

  const aedes = await Aedes.createBroker(options);
  const tell = (client: Client, error: Error & { readonly code?: unknown }) => {
    if (error instanceof Refused) return;
    const fields = { client: shown(client.id), address: addresses.get(client.conn as Duplex), reason: error.message };
    if (error.code === undefined) drops.tell(fields, 'an MQTT client is sent away');
    else log.debug(fields, 'an MQTT client is gone');
  };
  aedes.on('clientError', tell);
  aedes.on('connectionError', tell);
  aedes.on('error' as 'clientError', (_, error) => log.error({ err: error }, 'the MQTT broker has trouble'));

  const take = (connection: Duplex, address: string) => {
    addresses.set(connection, address);
    connection.once('close', () => addresses.delete(connection));
    aedes.handle(connection);
  };
  let cancelLook: Cancel = () => {};
  const look = () => {
    relieveQueues([...addresses.keys()], LIMITS.queuesBytes);
    cancelLook = clock.after(LOOKS_EVERY_MS, look);
  };
  look();
  return {
    takeClient(socket) {
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      take(new MqttPacketStream(socket, new PacketGate(clock)), socket.remoteAddress ?? 'unknown');
    },
    takeController: (socket) => take(socket, OWN),
    endThose(test) {
      for (const [client, { principal }] of guests) {
        if (!test(principal)) continue;
        log.info({ client: shown(client.id) }, 'an MQTT client may not be here any more');
        client.disconnect({ reasonCode: NOT_AUTHORIZED });
      }
    },
    async close() {
      cancelLook();
      await new Promise<void>((resolve) => aedes.close(resolve));
      for (const connection of addresses.keys()) connection.destroy();
    },
  };
}

interface Refusal {
  readonly because: RefusalKind;
  readonly reason: string;
}

/** A client that vanished without a word is noticed after a while. */
const KEEP_ALIVE_MS = 60_000;
/** In place of an address: it came by the door that only the unit can open. */
const OWN = 'the unit itself';
const CONTROLLER = { kind: 'admitted', principal: { kind: 'controller' } } as const;

const isSame = (one: MqttPrincipal, other: MqttPrincipal): boolean =>
  one.kind === other.kind && nameOf(one) === nameOf(other);

const nameOf = (principal: MqttPrincipal): string => ('name' in principal ? principal.name : '');

/** What others chose is shown in part. */
const shown = (text: string | null | undefined): string | undefined => text?.slice(0, SHOWN_CHARACTERS);
