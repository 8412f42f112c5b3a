import type { Random } from '@perista/core';
import type { DoseRequest } from '@perista/protocol/api';

const DAY_MS = 86_400_000;
/** Of the unit, for each of its pumps half. */
export const DOSES_A_DAY = 24;

/** One order of the day: which pumps shall dose, and what. */
export interface Occasion {
  readonly atMs: number;
  readonly orders: readonly { readonly pumpId: string; readonly request: DoseRequest }[];
}

/** Volumes, ml: mostly drops, sometimes more than a cap allows. */
const VOLUMES: readonly (readonly [share: number, from: number, to: number])[] = [
  [0.75, 0.05, 0.4],
  [0.2, 0.4, 1.2],
  [0.05, 1.2, 4.5],
];

/**
 * The orders of one day, in order of time: on 18 occasions one pump doses, the pumps taking turns, and on three both at
 * once, so that each pump has twelve.
 */
export function planDay(random: Random, pumpIds: readonly string[]): Occasion[] {
  const shared = 3;
  const alone = DOSES_A_DAY - pumpIds.length * shared;
  const occasions = Array.from({ length: alone + shared }, (_, index): Occasion => {
    const pumps = index < alone ? [pumpIds[index % pumpIds.length] ?? ''] : pumpIds;
    return {
      atMs: Math.floor(random.unit() * DAY_MS),
      orders: pumps.map((pumpId) => ({ pumpId, request: orderOf(random) })),
    };
  });
  return occasions.sort((one, other) => one.atMs - other.atMs);
}

function orderOf(random: Random): DoseRequest {
  let chance = random.unit();
  const [, from, to] = VOLUMES.find(([share]) => (chance -= share) < 0) ?? VOLUMES[0] ?? [1, 0.1, 0.2];
  const volume_ml = Math.round((from + (to - from) * random.unit()) * 1000) / 1000;
  const isSlow = random.unit() < 0.1;
  const isReverse = random.unit() < 0.05;
  return {
    volume_ml,
    ...(isSlow && { duration_s: Math.max(2, Math.round(volume_ml * 10)) }),
    ...(isReverse && { direction: 'reverse' as const }),
  };
}
