import { seededRandom } from '@perista/core';

/** Worlds in which nothing goes wrong. */
const FAULTLESS_SHARE = 0.03;

/** Faults at work in the world of a seed: a random subset, so that no fault always hides behind another. */
export function swarm(seed: number, names: readonly string[]): string[] {
  const random = seededRandom(Math.imul(seed, 0x2545f491) ^ 0x5eed);
  if (random.unit() < FAULTLESS_SHARE) return [];
  const share = 0.1 + 0.6 * random.unit();
  return names.filter(() => random.unit() < share);
}
