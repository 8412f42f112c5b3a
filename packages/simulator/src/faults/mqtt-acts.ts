import type { Random } from '@perista/core';
import { LAYOUTS, type Layout, type TopicName } from '@perista/protocol/mqtt';
import type { MqttMessage } from '../outside/mqtt-message.ts';
import { type MqttUsers, topicIn } from '../outside/mqtt-users.ts';
import type { UnitWorld } from '../world/unit-world.ts';
import { between, type Fault, type Scene, spread } from './fault.ts';
import { releaseStop } from './user-acts.ts';

/** What the unit has: a fault of the MQTT broker or its users means nothing to a unit without one. */
const NEEDS = { needsBroker: true } as const;
const VOLUMES_ML = [0.05, 0.4] as const;
const FLOOD = { least: 40, most: 160 } as const;

interface Order {
  readonly message: MqttMessage;
  readonly body: string;
}

const usersOf = ({ mqttUsers }: UnitWorld): MqttUsers => {
  if (mqttUsers === null) throw new Error('the world has no MQTT broker');
  return mqttUsers;
};

const layoutBy = (random: Random): Layout => (random.unit() < 0.5 ? LAYOUTS[0] : LAYOUTS[1]);

const isLikely = (random: Random, share: number): boolean => random.unit() < share;

/** What a program means to be a dose of a pump. */
function orderOf(
  { world, pumpId, random }: Scene,
  wishes: { readonly isNamed?: boolean; readonly expiresInMs?: number; readonly volumeMl?: number } = {},
): Order {
  const mqttUsers = usersOf(world);
  const { isNamed = true, expiresInMs, volumeMl } = wishes;
  const volume_ml = volumeMl ?? Math.round(between(random, ...VOLUMES_ML) * 1000) / 1000;
  const id = isNamed ? mqttUsers.newName() : null;
  const expiresAtMs = expiresInMs === undefined ? null : Math.floor(world.clock.wallMs() + expiresInMs);
  const isReverse = isLikely(random, 0.1);
  const order = {
    ...{ volume_ml, ...(isReverse && { direction: 'reverse' }) },
    ...(id !== null && { id }),
    ...(expiresAtMs !== null && { expires_at: new Date(expiresAtMs).toISOString() }),
  };
  const message: MqttMessage = {
    ...{ what: 'dose', pumpId, id, volumeMl: volume_ml, expiresAtMs },
    spelling: `${pumpId} ${volume_ml} ${isReverse}`,
    sentMs: world.clock.monotonicMs(),
    answerTopic: isLikely(random, 0.3) ? `answers/${mqttUsers.newName()}` : null,
  };
  return { message, body: JSON.stringify(order) };
}

interface Way {
  readonly layout?: Layout;
  readonly retain?: boolean;
  readonly dup?: boolean;
}

function send({ world, random }: Scene, { message, body }: Order, way: Way = {}): void {
  const { layout = layoutBy(random), ...flags } = way;
  usersOf(world).send(message, { topic: topicIn(layout, 'dose', message.pumpId), body, ...flags });
}

/** Something that no order can be read in. */
const GARBAGE: readonly ((order: string, random: Random) => string)[] = [
  (order) => order.slice(0, -1),
  (order) => order.replace('{', '{"volume_ml":0.1,'),
  (order) => order.replace('{', '{"volume":0.1,'),
  (order) => order.replace(/"volume_ml":[\d.]+/, '"volume_ml":"1"'),
  (order) => order.replace(/"volume_ml":[\d.]+/, '"volume_ml":-1'),
  (order) => order.replace(/"volume_ml":[\d.]+/, '"volume_ml":1e999'),
  (order) => order.replace('{', '{"expires_at":"tomorrow",'),
  (order) => order.replace('{', `{"duration":null,`),
  (order) => `${order}${' '.repeat(5_000)}`,
  (order) => `[${order}]`,
  (order) => `\u0000${order}`,
  (_, random) => String.fromCodePoint(...Array.from({ length: 40 }, () => 1 + Math.floor(random.unit() * 0xd7ff))),
  () => 'null',
];

function stopOf({ world, pumpId }: Scene, what: 'stop' | 'stop-all', isAnswered: boolean): MqttMessage {
  const mqttUsers = usersOf(world);
  return {
    ...{ what, pumpId: what === 'stop' ? pumpId : '', id: null, volumeMl: null, spelling: what, expiresAtMs: null },
    sentMs: world.clock.monotonicMs(),
    answerTopic: isAnswered ? `answers/${mqttUsers.newName()}` : null,
  };
}

function sendStop({ world, random }: Scene, message: MqttMessage, retain = false): void {
  const name: TopicName = message.what === 'stop' ? 'stop' : 'stopAll';
  const topic = topicIn(layoutBy(random), name, message.pumpId);
  usersOf(world).send(message, { topic, body: isLikely(random, 0.5) ? '{}' : '', retain });
}

/** What people and programs send over MQTT, and what becomes of it on its way to the broker. */
export const MQTT_ACTS = {
  'mqtt-order': {
    ...NEEDS,
    meaning: 'somebody orders over MQTT, with an id or without, and sometimes until an instant only',
    share: 0.12,
    async strike(scene) {
      const { random } = scene;
      const isNamed = isLikely(random, 0.7);
      const expires = isLikely(random, 0.2) ? { expiresInMs: spread(random, 500, 60_000) } : {};
      send(scene, orderOf(scene, { isNamed, ...expires }));
    },
  },
  'mqtt-duplicates': {
    ...NEEDS,
    meaning: 'an order over MQTT comes again and again, in both layouts, marked as a duplicate or not',
    share: 0.1,
    async strike(scene) {
      const { world, random } = scene;
      const order = orderOf(scene, { isNamed: isLikely(random, 0.5) });
      send(scene, order);
      for (let copies = 1 + Math.floor(random.unit() * 4); copies > 0; copies--) {
        await world.sleep(spread(random, 1, 20_000));
        send(scene, order, { dup: isLikely(random, 0.5) });
      }
    },
  },
  'mqtt-other-body': {
    ...NEEDS,
    meaning: 'another order comes over MQTT under the id of one before',
    share: 0.05,
    async strike(scene) {
      const { world, random } = scene;
      const { message, body } = orderOf(scene);
      const other = { ...message, volumeMl: (message.volumeMl ?? 0) + 0.01 };
      send(scene, { message, body });
      await world.sleep(spread(random, 1, 5_000));
      send(scene, { message: other, body: JSON.stringify({ ...JSON.parse(body), volume_ml: other.volumeMl }) });
    },
  },
  'mqtt-retained': {
    ...NEEDS,
    meaning: 'an order over MQTT is retained, and comes anew with each connection until somebody removes it',
    share: 0.06,
    async strike(scene) {
      const { world, random } = scene;
      const mqttUsers = usersOf(world);
      const order = orderOf(scene, { isNamed: isLikely(random, 0.5) });
      const layout = layoutBy(random);
      send(scene, order, { retain: true, layout });
      for (let times = Math.floor(random.unit() * 3); times > 0; times--) {
        await world.sleep(spread(random, 100, 20_000));
        mqttUsers.broker.lose();
      }
      await world.sleep(spread(random, 100, 20_000));
      send(scene, { message: { ...order.message, what: 'nothing' }, body: '' }, { retain: true, layout });
    },
  },
  'mqtt-late': {
    ...NEEDS,
    meaning: 'orders over MQTT come late and in another order, some when they have expired',
    share: 0.08,
    async strike(scene) {
      const { world, random } = scene;
      const orders = Array.from({ length: 3 }, () =>
        orderOf(scene, { expiresInMs: spread(random, 200, 10_000), isNamed: isLikely(random, 0.6) }),
      );
      for (const order of orders.reverse()) {
        await world.sleep(spread(random, 10, 8_000));
        send(scene, order);
      }
    },
  },
  'mqtt-flood': {
    ...NEEDS,
    meaning: 'orders over MQTT come faster than anybody could mean them, and a stop among them',
    share: 0.03,
    async strike(scene) {
      const { world, random } = scene;
      const order = orderOf(scene, { isNamed: isLikely(random, 0.3) });
      const count = Math.floor(between(random, FLOOD.least, FLOOD.most));
      const stopAt = Math.floor(random.unit() * count);
      for (let sent = 0; sent < count; sent++) {
        if (sent === stopAt) sendStop(scene, stopOf(scene, 'stop', true));
        send(scene, order);
        if (isLikely(random, 0.05)) await world.sleep(1);
      }
    },
  },
  'mqtt-garbage': {
    ...NEEDS,
    meaning: 'messages over MQTT come in which nobody can read an order',
    share: 0.06,
    async strike(scene) {
      const { world, random } = scene;
      for (let times = 1 + Math.floor(random.unit() * 4); times > 0; times--) {
        const { message, body } = orderOf(scene);
        const garble = GARBAGE[Math.floor(random.unit() * GARBAGE.length)] ?? ((text: string) => text);
        const dup = isLikely(random, 0.3);
        send(scene, { message: { ...message, id: null, volumeMl: null }, body: garble(body, random) }, { dup });
        await world.sleep(spread(random, 1, 1_000));
      }
    },
  },
  'mqtt-stop': {
    ...NEEDS,
    meaning: 'somebody stops a pump over MQTT, or orders one dose after another and stops them all',
    share: 0.08,
    async strike(scene) {
      const { world, random } = scene;
      if (isLikely(random, 0.5)) {
        for (let orders = 0; orders < 3; orders++) send(scene, orderOf(scene));
        await world.sleep(spread(random, 10, 3_000));
      }
      sendStop(scene, stopOf(scene, 'stop', isLikely(random, 0.8)));
    },
  },
  'mqtt-emergency': {
    ...NEEDS,
    meaning: 'somebody presses the emergency stop over MQTT, and somebody at the unit releases it',
    share: 0.03,
    async strike(scene) {
      const { world, random } = scene;
      sendStop(scene, stopOf(scene, 'stop-all', true));
      await world.sleep(spread(random, 100, 20_000));
      if (world.books()?.isLatched === true) await releaseStop(world);
    },
  },
} as const satisfies Record<string, Fault>;
