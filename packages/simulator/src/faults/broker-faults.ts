import { SOUND_BROKER, type VirtualBroker } from '@perista/controller';
import { between, type Fault, type Scene, spread } from './fault.ts';

const NEEDS = { needsBroker: true } as const;
/** A client that hears nothing gives a connection up after so long, ms. */
const KEEP_ALIVE_MS = 45_000;
/** The names under which the unit comes to its broker. */
const CLIENTS = ['perista-doser-orders', 'perista-doser-news'] as const;

const brokerOf = ({ world }: Scene): VirtualBroker => {
  if (world.mqttUsers === null) throw new Error('the world has no MQTT broker');
  return world.mqttUsers.broker;
};

/** What goes wrong at the MQTT broker and on the way to it. */
export const BROKER_FAULTS = {
  'broker-loss': {
    ...NEEDS,
    meaning: 'the MQTT broker goes away, and comes back with what it had retained',
    share: 0.08,
    async strike(scene) {
      const broker = brokerOf(scene);
      broker.change({ isAway: true });
      broker.lose();
      await scene.world.sleep(spread(scene.random, 50, 40_000));
      broker.change({ isAway: false });
    },
  },
  'broker-flaps': {
    ...NEEDS,
    meaning: 'the MQTT broker loses its connections again and again',
    share: 0.05,
    async strike(scene) {
      const broker = brokerOf(scene);
      for (let times = 2 + Math.floor(scene.random.unit() * 4); times > 0; times--) {
        broker.lose();
        await scene.world.sleep(spread(scene.random, 10, 8_000));
      }
    },
  },
  'broker-forgets': {
    ...NEEDS,
    meaning: 'the MQTT broker starts again and remembers nothing',
    share: 0.05,
    async strike(scene) {
      const broker = brokerOf(scene);
      broker.change({ isAway: true });
      broker.forget();
      await scene.world.sleep(spread(scene.random, 50, 20_000));
      broker.change({ isAway: false });
    },
  },
  'broker-half-open': {
    ...NEEDS,
    meaning: 'the MQTT broker keeps its connections and answers nothing; then it goes on, or the connections are lost',
    share: 0.06,
    async strike(scene) {
      const broker = brokerOf(scene);
      const forMs = spread(scene.random, 100, KEEP_ALIVE_MS);
      broker.change({ isFrozen: true });
      await scene.world.sleep(forMs);
      if (scene.random.unit() < 0.6) broker.lose();
      broker.change({ isFrozen: false });
    },
  },
  'broker-slow': {
    ...NEEDS,
    meaning: 'messages to and from the MQTT broker take long',
    share: 0.08,
    async strike(scene) {
      const { world, random } = scene;
      const broker = brokerOf(scene);
      const [mostMs, jitter] = [spread(random, 2, 3_000), between(random, 0, 1)];
      broker.change({ delayMs: () => mostMs * (1 - jitter * random.unit()) });
      await world.sleep(spread(random, 100, 15_000));
      if (random.unit() < 0.3) broker.lose();
      broker.change({ delayMs: SOUND_BROKER.delayMs });
    },
  },
  'broker-redelivers': {
    ...NEEDS,
    meaning: 'the MQTT broker delivers again what was not acknowledged or came while the unit was away',
    share: 0.08,
    async strike(scene) {
      const { world, random } = scene;
      const broker = brokerOf(scene);
      const delayMs = spread(random, 1, 500);
      broker.change({ keepsSessions: true, delayMs: () => delayMs });
      for (let times = 1 + Math.floor(random.unit() * 3); times > 0; times--) {
        await world.sleep(spread(random, 10, 4_000));
        broker.lose();
      }
      await world.sleep(spread(random, 10, 10_000));
      broker.change({ keepsSessions: false, delayMs: SOUND_BROKER.delayMs });
    },
  },
  'broker-doubles': {
    ...NEEDS,
    meaning: 'the MQTT broker delivers each message twice',
    share: 0.06,
    async strike(scene) {
      const broker = brokerOf(scene);
      broker.change({ doubles: true });
      await scene.world.sleep(spread(scene.random, 500, 15_000));
      broker.change({ doubles: false });
    },
  },
  'broker-twin': {
    ...NEEDS,
    meaning: 'another unit comes to the MQTT broker under the same name and pushes this one off',
    share: 0.04,
    async strike(scene) {
      const { world, random } = scene;
      const broker = brokerOf(scene);
      for (let times = 1 + Math.floor(random.unit() * 4); times > 0; times--) {
        for (const client of CLIENTS) if (random.unit() < 0.7) broker.takeOver(client);
        await world.sleep(spread(random, 100, 5_000));
      }
    },
  },
} as const satisfies Record<string, Fault>;
