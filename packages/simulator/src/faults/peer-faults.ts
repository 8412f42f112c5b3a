import type { PeerConditions, PeerName } from '../outside/peers.ts';
import { type Fault, type Scene, spread } from './fault.ts';

const NEEDS = { needsPeers: true } as const;
/** Longer than anybody waits for an answer, ms. */
const NEVER_MS = 60_000;
const REFUSALS = [301, 400, 401, 429, 500, 503] as const;
const AMBUSH_MS = 15_000;
const DOWN_MS = [20, 20_000] as const;

/** One of those whom the unit tells. */
function peerOf({ world, random }: Scene): PeerName {
  const { channels, hasRemoteLog } = world.plan.outside;
  const peers = [...channels.map(({ name }) => name as PeerName), ...(hasRemoteLog ? (['log'] as const) : [])];
  return peers[Math.floor(random.unit() * peers.length)] ?? 'webhook';
}

async function worsen(scene: Scene, conditions: Partial<PeerConditions>, forMs: number): Promise<void> {
  const peer = peerOf(scene);
  scene.world.peers.change(peer, conditions);
  await scene.world.sleep(forMs);
  scene.world.peers.change(peer, {});
}

/** What goes wrong at those who are told by notices and posts. */
export const PEER_FAULTS = {
  'peer-away': {
    ...NEEDS,
    meaning: 'nobody listens where notices or posts are sent',
    share: 0.08,
    strike: (scene) => worsen(scene, { isAway: true }, spread(scene.random, 100, 40_000)),
  },
  'peer-refuses': {
    ...NEEDS,
    meaning: 'who is told answers with an error, and takes nothing',
    share: 0.06,
    strike(scene) {
      const refusesWith = REFUSALS[Math.floor(scene.random.unit() * REFUSALS.length)] ?? 500;
      return worsen(scene, { refusesWith }, spread(scene.random, 100, 40_000));
    },
  },
  'peer-slow': {
    ...NEEDS,
    meaning: 'who is told takes it and answers late',
    share: 0.08,
    strike: (scene) => worsen(scene, { delayMs: spread(scene.random, 10, 9_000) }, spread(scene.random, 1_000, 30_000)),
  },
  'peer-mute': {
    ...NEEDS,
    meaning: 'who is told takes it and dies before the answer',
    share: 0.08,
    strike: (scene) => worsen(scene, { delayMs: NEVER_MS }, spread(scene.random, 1_000, 30_000)),
  },
  'killed-at-telling': {
    meaning: 'the controller is killed when somebody has taken what it tells, before it hears so',
    share: 0.1,
    needsOutside: true,
    async strike({ world, random }) {
      const downMs = spread(random, ...DOWN_MS);
      const sprung = Promise.withResolvers<void>();
      world.ambush = () => {
        world.ambush = null;
        sprung.resolve(world.killController(downMs));
      };
      await Promise.race([sprung.promise, world.sleep(AMBUSH_MS)]);
      if (world.ambush !== null) world.ambush = null;
      else await sprung.promise;
    },
  },
} as const satisfies Record<string, Fault>;
