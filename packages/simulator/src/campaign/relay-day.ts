import type { Random } from '@perista/core';
import { type DueSlot, nextSlot } from '../checker/slot-book.ts';
import { between, spread } from '../faults/fault.ts';
import { askNow } from '../faults/user-acts.ts';
import { type PlannedChannel, patchOf } from '../world/relay-unit-plan.ts';
import type { UnitWorld } from '../world/unit-world.ts';
import type { Occasion } from './day.ts';

const DAY_MS = 86_400_000;
/** Doses by hand a day: of one channel, and of two at once. */
const ALONE = 3;
const SHARED = 1;
/** How long a relay is on for a dose by hand, s, and what no cap allows. */
const MANUAL_S = [0.6, 4] as const;
const TOO_MUCH_ML = 11;

/** The world wakes so long before a slot, ms: the executor looks at its plans every ten seconds. */
const LEAD_MS = [1_500, 9_000] as const;
/** Where things go wrong the unit sometimes sleeps through a slot, by so much, ms. */
const OVERSLEPT_SHARE = 0.08;
const OVERSLEPT_MS = [1_000, 45 * 60_000] as const;

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

/** The slot that falls due next by the wall clock, and when the world wakes for it, on its clock; null without plans. */
export function nextWaking(
  { clock, chronicle }: UnitWorld,
  random: Random,
  mayOversleep: boolean,
): { readonly slot: DueSlot; readonly wakesMs: number } | null {
  const wallMs = clock.wallMs();
  const slots = chronicle.slots.plans.flatMap((plan) => nextSlot(plan, wallMs) ?? []);
  const [first] = slots.sort((one, other) => one.dueMs - other.dueMs);
  if (first === undefined) return null;
  const isOverslept = random.unit() < OVERSLEPT_SHARE;
  const leadMs = between(random, ...LEAD_MS);
  const lateMs = spread(random, ...OVERSLEPT_MS);
  const awayMs = isOverslept && mayOversleep ? -lateMs : leadMs;
  return { slot: first, wakesMs: clock.monotonicMs() + first.dueMs - wallMs - awayMs };
}

/** An administrator sets the weekly plans and the rates of all channels. */
export async function setPlans(world: UnitWorld, channels: readonly PlannedChannel[]): Promise<void> {
  const answer = await world.clock.until(
    askNow(world, (door) => door.configure(channels.map(patchOf))),
    60_000,
  );
  if (answer.kind !== 'done') throw new Error(`the plans of the world were not taken: ${JSON.stringify(answer)}`);
}
