import type { Random } from '@perista/core';
import { type DueSlot, nextSlot } from '../checker/slot-book.ts';
import { between, spread } from '../faults/fault.ts';
import { askNow } from '../faults/user-acts.ts';
import { patchOf } from '../world/relay-unit-plan.ts';
import type { Answer } from '../world/unit-door.ts';
import type { UnitPlan } from '../world/unit-plan.ts';
import type { UnitWorld } from '../world/unit-world.ts';

/** The world wakes so long before a dose of the calendar, ms: the executor looks at its plans every ten seconds. */
const LEAD_MS = [1_500, 9_000] as const;
/** Where things go wrong the unit sometimes sleeps through it, by so much, ms. */
const OVERSLEPT_SHARE = 0.08;
const OVERSLEPT_MS = [1_000, 45 * 60_000] as const;

/** What falls due next by the wall clock, and when the world wakes for it, on its clock; null without plans. */
export function nextWaking(
  { clock, chronicle }: UnitWorld,
  random: Random,
  mayOversleep: boolean,
): { readonly due: DueSlot; readonly wakesMs: number } | null {
  const wallMs = clock.wallMs();
  const slots = chronicle.slots.plans.flatMap((plan) => nextSlot(plan, wallMs) ?? []);
  const [first] = [...slots, ...chronicle.schedules.next(wallMs)].sort((one, other) => one.dueMs - other.dueMs);
  if (first === undefined) return null;
  const isOverslept = random.unit() < OVERSLEPT_SHARE;
  const leadMs = between(random, ...LEAD_MS);
  const lateMs = spread(random, ...OVERSLEPT_MS);
  const awayMs = isOverslept && mayOversleep ? -lateMs : leadMs;
  return { due: first, wakesMs: clock.monotonicMs() + first.dueMs - wallMs - awayMs };
}

/** What a dose of the calendar gives, about. */
export function volumeOf({ chronicle }: UnitWorld, { pumpId, doseId }: DueSlot): number {
  const scheduleId = doseId.slice(0, doseId.indexOf('.'));
  return chronicle.schedules.of(scheduleId)?.volumeMl ?? (chronicle.slots.of(pumpId)?.weeklyMl ?? 0) / 14;
}

/**
 * An administrator says whom the unit tells, sets the weekly plans and the rates of all channels, and makes the
 * schedules; true if there is any of it.
 */
export async function setUp(world: UnitWorld, { channels, calendar, outside }: UnitPlan): Promise<boolean> {
  const take = async (what: string, asked: Promise<Answer<unknown>>) => {
    const answer = await world.clock.until(asked, 60_000);
    if (answer.kind !== 'done') throw new Error(`${what} of the world not taken: ${JSON.stringify(answer)}`);
  };
  if (channels !== null)
    await take(
      'plans',
      askNow(world, (door) => door.configure(channels.map(patchOf))),
    );
  for (const schedule of calendar.schedules) {
    await take(
      'schedule',
      askNow(world, (door) => door.addSchedule(schedule)),
    );
  }
  for (const channel of outside.channels) {
    await take(
      'channel',
      askNow(world, (door) => door.addChannel(channel)),
    );
  }
  return channels !== null || calendar.schedules.length > 0 || outside.channels.length > 0;
}
