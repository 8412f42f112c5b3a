import type { Random } from '@perista/core';
import type { DoseRequest } from '@perista/protocol/api';
import type { UnitPlan } from '../world/unit-plan.ts';

const DAY_MS = 86_400_000;

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

/** Occasions of a day: on which one pump is to dose, both at once, and one again and again. */
interface DayShape {
  readonly alone: number;
  readonly shared: number;
  readonly bursts: number;
}
const BURST_ORDERS = 3;

/** A unit doses 24 times a day: its steppers alone, or beside some fifteen doses of pumps behind relays. */
const STEPPERS_ALONE: DayShape = { alone: 12, shared: 3, bursts: 2 };
const BESIDE_RELAYS: DayShape = { alone: 4, shared: 1, bursts: 1 };
/** Some eight doses of schedules are theirs. */
const BESIDE_SCHEDULES: DayShape = { alone: 6, shared: 2, bursts: 2 };
const BESIDE_BOTH: DayShape = { alone: 2, shared: 1, bursts: 1 };

function shapeOf({ channels, calendar }: Pick<UnitPlan, 'channels' | 'calendar'>): DayShape {
  if (calendar.schedules.length === 0) return channels === null ? STEPPERS_ALONE : BESIDE_RELAYS;
  return channels === null ? BESIDE_SCHEDULES : BESIDE_BOTH;
}

/**
 * The orders of one day for two steppers, in order of time: mostly one pump doses, the pumps taking turns; sometimes both
 * at once, or one three times in a row.
 */
export function planDay(random: Random, pumpIds: readonly string[], plan: Parameters<typeof shapeOf>[0]): Occasion[] {
  const { alone, shared, bursts } = shapeOf(plan);
  const occasions = Array.from({ length: alone + shared + bursts }, (_, index): Occasion => {
    const pumpId = pumpIds[index % pumpIds.length] ?? '';
    const burst = Array.from({ length: BURST_ORDERS }, () => pumpId);
    const pumps = index < alone ? [pumpId] : index < alone + shared ? pumpIds : burst;
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
