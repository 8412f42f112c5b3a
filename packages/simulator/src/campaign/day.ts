import type { Random } from '@perista/core';
import type { DoseRequest } from '@perista/protocol/api';

const DAY_MS = 86_400_000;
/** Of the unit, for each of its pumps half. */
const DOSES_A_DAY = 24;

/** One order of the day: which pumps shall dose, and what. */
export interface Occasion {
  readonly atMs: number;
  readonly orders: readonly { readonly pumpId: string; readonly request: DoseRequest }[];
}

/** Volumes, ml: mostly drops, sometimes more than a cap allows. */
const LARGEST = [1, 1.2, 4.5] as const;
const VOLUMES: readonly (readonly [below: number, from: number, to: number])[] = [
  [0.75, 0.05, 0.4],
  [0.95, 0.4, 1.2],
  LARGEST,
];

/** Occasions on which both pumps are to dose at once, and on which one is ordered to dose again and again. */
const SHARED = 3;
const BURSTS = 2;
const BURST_ORDERS = 3;

/**
 * The orders of one day, in order of time: mostly one pump doses, the pumps taking turns; sometimes both at once, or one
 * three times in a row. Each pump has twelve.
 */
export function planDay(random: Random, pumpIds: readonly string[]): Occasion[] {
  const alone = DOSES_A_DAY - pumpIds.length * SHARED - BURSTS * BURST_ORDERS;
  const occasions = Array.from({ length: alone + SHARED + BURSTS }, (_, index): Occasion => {
    const pumpId = pumpIds[index % pumpIds.length] ?? '';
    const burst = Array.from({ length: BURST_ORDERS }, () => pumpId);
    const pumps = index < alone ? [pumpId] : index < alone + SHARED ? pumpIds : burst;
    return {
      atMs: Math.floor(random.unit() * DAY_MS),
      orders: pumps.map((pumpId) => ({ pumpId, request: orderOf(random) })),
    };
  });
  return occasions.sort((one, other) => one.atMs - other.atMs);
}

function orderOf(random: Random): DoseRequest {
  const chance = random.unit();
  const [, from, to] = VOLUMES.find(([below]) => chance < below) ?? LARGEST;
  const volume_ml = Math.round((from + (to - from) * random.unit()) * 1000) / 1000;
  const isSlow = random.unit() < 0.1;
  const isReverse = random.unit() < 0.05;
  return {
    volume_ml,
    ...(isSlow && { duration_s: Math.max(2, Math.round(volume_ml * 10)) }),
    ...(isReverse && { direction: 'reverse' as const }),
  };
}
