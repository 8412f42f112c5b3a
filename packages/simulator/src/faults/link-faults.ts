import type { LinkConditions } from '../world/agent-link.ts';
import { between, type Fault, type Scene, spread } from './fault.ts';

async function worsen({ world, random }: Scene, conditions: Partial<LinkConditions>, atMostMs: number): Promise<void> {
  world.link.change(conditions);
  await world.sleep(spread(random, 50, atMostMs));
  world.link.makeSound();
}

/** What goes wrong between controller and agent. */
export const LINK_FAULTS = {
  'link-loss': {
    meaning: 'frames are lost',
    share: 0.08,
    strike: (scene) => worsen(scene, { loss: between(scene.random, 0.05, 0.6) }, 10_000),
  },
  'link-duplicates': {
    meaning: 'frames arrive twice',
    share: 0.1,
    strike: (scene) => worsen(scene, { duplication: between(scene.random, 0.1, 1) }, 10_000),
  },
  'link-delay': {
    meaning: 'frames take long',
    share: 0.08,
    strike: (scene) =>
      worsen(scene, { delayMs: spread(scene.random, 5, 2_500), jitterMs: spread(scene.random, 1, 1_000) }, 10_000),
  },
  'link-cut': {
    meaning: 'the link is gone, and both ends know it',
    share: 0.06,
    strike: (scene) => worsen(scene, { isCut: true }, 20_000),
  },
  'link-half-open': {
    meaning: 'the link takes frames and delivers none; nobody is told',
    share: 0.06,
    strike: (scene) => worsen(scene, { isHalfOpen: true }, 20_000),
  },
} as const satisfies Record<string, Fault>;
