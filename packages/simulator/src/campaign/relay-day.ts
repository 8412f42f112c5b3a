import type { Random } from '@perista/core';
import { between } from '../faults/fault.ts';
import type { PlannedChannel } from '../world/relay-unit-plan.ts';
import type { Occasion } from './day.ts';

const DAY_MS = 86_400_000;
/** Doses by hand a day: of one channel, and of two at once. */
const ALONE = 3;
const SHARED = 1;
/** How long a relay is on for a dose by hand, s, and what no cap allows. */
const MANUAL_S = [0.6, 4] as const;
const TOO_MUCH_ML = 11;

/** What is ordered by hand of pumps behind relays in one day; their weekly plans order the rest. */
export function planRelayDay(random: Random, channels: readonly PlannedChannel[]): Occasion[] {
  const order = () => {
    const { pumpId, rate } = channels[Math.floor(random.unit() * channels.length)] ?? { pumpId: '', rate: 0 };
    const isTooMuch = random.unit() < 0.05;
    const volumeMl = isTooMuch ? TOO_MUCH_ML : rate * between(random, ...MANUAL_S);
    return { pumpId, request: { volume_ml: Math.round(volumeMl * 1000) / 1000 } };
  };
  return Array.from({ length: ALONE + SHARED }, (_, index) => ({
    atMs: Math.floor(random.unit() * DAY_MS),
    orders: index < ALONE ? [order()] : [order(), order()],
  }));
}
