import { type Arrival, isConnection, type MqttBroker, type Publication } from '@perista/controller';
import { LAYOUTS, parseTopic } from '@perista/protocol/mqtt';
import { REMOTE_TOKEN } from '../checker/secrets.ts';
import { DOSER } from '../outside/mqtt-users.ts';
import { handOn } from './hand-on.ts';
import type { Mutant } from './mutant.ts';

const isOrder = ({ topic }: Arrival): boolean => parseTopic(topic, LAYOUTS, DOSER)?.name === 'dose';
const isStop = ({ topic }: Arrival): boolean => parseTopic(topic, LAYOUTS, DOSER)?.name === 'stop';

/** Orders as the unit sees them: changed, or (null) not at all. */
const reading = (change: (order: Arrival) => Arrival | null): Mutant['composition'] => ({
  broker: (broker) => ({
    address: broker.address,
    dial: (dial) =>
      broker.dial({
        ...dial,
        onArrival: (arrival) => {
          const read = change(arrival);
          if (read !== null) dial.onArrival(read);
        },
      }),
  }),
});

type Publish = (publication: Publication) => Promise<boolean>;

/** What is published passes `wrap`, which is asked for each run of the controller, with the number of the connection from 1. */
const publishing = (wrap: () => (publish: Publish, nth: number) => Publish): Mutant['composition'] => ({
  broker: (broker): MqttBroker => {
    const wrapOne = wrap();
    const dials = new Map<string, number>();
    return {
      address: broker.address,
      async dial(dial) {
        const dialled = await broker.dial(dial);
        if (!isConnection(dialled)) return dialled;
        const nth = (dials.get(dial.clientId) ?? 0) + 1;
        dials.set(dial.clientId, nth);
        return { ...dialled, publish: wrapOne((publication) => dialled.publish(publication), nth) };
      },
    };
  },
});

/** The order with its payload changed as JSON; what is none stays as it is. */
function edited(order: Arrival, edit: (body: Record<string, unknown>) => object): Arrival {
  try {
    const body = JSON.parse(new TextDecoder().decode(order.bytes)) as Record<string, unknown>;
    return { ...order, bytes: new TextEncoder().encode(JSON.stringify(edit(body))) };
  } catch {
    return order;
  }
}

const isState = ({ topic }: Publication): boolean => /^(doser\/stat\/[^/]+\/status|stat\/doser\/[^/]+)$/.test(topic);
const isEvent = ({ topic }: Publication): boolean => topic.endsWith('doser/events');
const isResult = ({ topic }: Publication): boolean => topic.endsWith('/result');

/** Defects of what comes in and goes out over MQTT. */
export const MQTT_MUTANTS = {
  'retained-is-obeyed': {
    defect: 'an order that the MQTT broker had retained is obeyed',
    breaks: ['P1', 'I1'],
    shows: ['mqtt-retained', 'broker-loss'],
    composition: reading((order) => (isOrder(order) ? { ...order, retain: false } : order)),
  },
  'dup-is-not-looked-at': {
    defect: 'an order over MQTT that is delivered again without an id is obeyed',
    breaks: ['P1', 'I1'],
    shows: ['mqtt-duplicates', 'broker-redelivers'],
    composition: reading((order) => ({ ...order, dup: false })),
  },
  'expiry-is-not-read': {
    defect: 'an order over MQTT that has expired is obeyed',
    breaks: ['P1'],
    shows: ['mqtt-late', 'broker-slow'],
    composition: reading((order) => (isOrder(order) ? edited(order, ({ expires_at: _, ...rest }) => rest) : order)),
  },
  'mqtt-id-is-of-a-run': {
    defect: 'ids of orders over MQTT are remembered in memory only',
    breaks: ['P2', 'P1', 'I1'],
    shows: ['mqtt-duplicates', 'killed-at-telling', 'controller-kill'],
    composition: {
      services: (services) => {
        const run = services.events.list({ limit: 1 }).items[0]?.seq ?? 0;
        const { doses } = services;
        const order: typeof doses.order = (input) =>
          doses.order(
            input.cause === 'mqtt' && input.key !== undefined ? { ...input, key: `${input.key}-${run}` } : input,
          );
        return { ...services, doses: handOn(doses, { order }) };
      },
    },
  },
  'garbage-is-guessed': {
    defect: 'an order over MQTT that cannot be read is taken for a small dose',
    breaks: ['P1', 'I10'],
    shows: ['mqtt-garbage'],
    composition: reading((order) =>
      isOrder(order) && order.bytes.length > 0
        ? edited(order, (body) => (typeof body.volume_ml === 'number' ? body : { volume_ml: 0.1 }))
        : order,
    ),
  },
  'stop-over-mqtt-waits': {
    defect: 'a stop over MQTT is answered and not carried out',
    breaks: ['I12', 'I10'],
    shows: ['mqtt-stop'],
    composition: {
      services: (services) => ({
        ...services,
        stops: handOn(services.stops, {
          stopPump: (pumpId, actor, key) =>
            actor.name === 'mqtt'
              ? Promise.resolve({ at_rest: [pumpId], unproven: [] })
              : services.stops.stopPump(pumpId, actor, key),
        }),
      }),
    },
  },
  'stop-is-not-heard': {
    defect: 'a stop over MQTT is ignored',
    breaks: ['I10'],
    shows: ['mqtt-stop'],
    composition: reading((arrival) => (isStop(arrival) ? null : arrival)),
  },
  'answer-is-lost': {
    defect: 'an answer over MQTT whose connection was lost is not told again',
    breaks: ['I10'],
    shows: ['mqtt-order', 'broker-flaps', 'broker-slow', 'broker-half-open'],
    composition: publishing(
      () => (publish) => async (publication) => (await publish(publication)) || isResult(publication),
    ),
  },
  'queue-is-dropped': {
    defect: 'events that wait for the MQTT broker are dropped when it is back',
    breaks: ['I19'],
    shows: ['broker-loss', 'broker-half-open'],
    composition: publishing(() => (publish, nth) => {
      // Until the first state is told, which comes after what waited.
      let isDropping = nth > 1;
      return (publication) => {
        if (isState(publication)) isDropping = false;
        return isDropping && isEvent(publication) ? Promise.resolve(true) : publish(publication);
      };
    }),
  },
  'qos-0-is-trusted': {
    defect: 'an event counts as told when it was handed to a connection that is lost',
    breaks: ['I19'],
    shows: ['broker-half-open', 'broker-slow', 'broker-flaps'],
    composition: publishing(() => (publish) => async (publication) => {
      const isTaken = await publish(publication);
      return isTaken || publication.topic.endsWith('/LWT');
    }),
  },
  'state-is-told-once': {
    defect: 'the states of pumps are not told anew to an MQTT broker that has forgotten them',
    breaks: ['L1'],
    shows: ['broker-forgets'],
    composition: publishing(() => {
      const told = new Map<string, string>();
      return (publish) => (publication) => {
        if (!isState(publication)) return publish(publication);
        if (told.get(publication.topic) === publication.body) return Promise.resolve(true);
        told.set(publication.topic, publication.body);
        return publish(publication);
      };
    }),
  },
  'will-stands': {
    defect: 'after a loss of the MQTT connection nobody is told that the unit is there again',
    breaks: ['L1'],
    shows: ['broker-loss', 'broker-flaps'],
    composition: publishing(
      () => (publish, nth) => (publication) =>
        nth > 1 && publication.topic === 'doser/availability' ? Promise.resolve(true) : publish(publication),
    ),
  },
  'secret-over-mqtt': {
    defect: 'telemetry over MQTT names the token of the remote log',
    breaks: ['I22'],
    shows: [],
    composition: publishing(() => (publish) => (publication) => {
      const isTelemetry = publication.topic === 'tele/doser/status';
      const body = isTelemetry ? publication.body.replace('{', `{"token":"${REMOTE_TOKEN}",`) : publication.body;
      return publish({ ...publication, body });
    }),
  },
} as const satisfies Record<string, Mutant>;
