import type { Random } from '@perista/core';

/** One draw from the normal distribution (Box and Muller). */
export function normal(random: Random, mean: number, deviation: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.unit()));
  return mean + deviation * radius * Math.cos(2 * Math.PI * random.unit());
}

/** `mean`, give or take at most `share` of it. */
export function jittered(random: Random, mean: number, share: number): number {
  return mean * (1 + share * (2 * random.unit() - 1));
}
