import type { Violation } from '../checker/checker.ts';
import { FAULTLESS_INVARIANTS, INVARIANTS } from '../checker/invariants/index.ts';
import { AS_BUILT, type Composition } from '../world/composition.ts';
import { UnitWorld } from '../world/unit-world.ts';
import { nextWaking, setUp, volumeOf } from './calendar-day.ts';
import { planDay } from './day.ts';
import { Episode } from './episode.ts';
import { planRelayDay } from './relay-day.ts';
import type { StrayErrors } from './stray-errors.ts';

const DAY_MS = 86_400_000;

/** One world to be lived through. Equal orders give equal lives. */
export interface LifeOrder {
  readonly seed: number;
  readonly days: number;
  /** Fault classes at work; empty: nothing goes wrong. */
  readonly faults: readonly string[];
}

export interface LifeResult {
  readonly seed: number;
  readonly days: number;
  readonly faults: readonly string[];
  readonly hash: string;
  readonly doses: Readonly<Record<string, number>>;
  readonly strikes: Readonly<Record<string, number>>;
  readonly violation: Violation | null;
  readonly trace: readonly string[];
  /** Time of one core. */
  readonly cpuMs: number;
}

/** Lives through a world from its seed; ends early at the first violation. */
export async function live(
  order: LifeOrder,
  strays: StrayErrors,
  composition: Composition = AS_BUILT,
): Promise<LifeResult> {
  const began = process.threadCpuUsage();
  const invariants = order.faults.length === 0 ? FAULTLESS_INVARIANTS : INVARIANTS;
  const world = new UnitWorld({ seed: order.seed, composition, invariants });
  strays.belongTo(world);
  const strikes: Record<string, number> = {};
  try {
    await world.start();
    const episode = new Episode(world, order.faults, strikes);
    await episode.settle();
    if (await setUp(world, world.plan)) await episode.settle();
    await liveDays(world, episode, order);
  } finally {
    world.end();
    await world.clock.advance(0);
    strays.belongTo(null);
  }
  const { violation, trace } = world.checker;
  return {
    ...order,
    hash: trace.hash,
    doses: countStates(world),
    strikes,
    violation,
    trace: violation === null ? [] : trace.lines(),
    cpuMs: cpuMsSince(began),
  };
}

async function liveDays(world: UnitWorld, episode: Episode, { days, faults }: LifeOrder): Promise<void> {
  const { checker, plan } = world;
  const [ofBoards, ofRelays, ofSlots] = [world.chance('days'), world.chance('relay days'), world.chance('slots')];
  const liveCalendarUntil = async (untilMs: number) => {
    for (;;) {
      const next = nextWaking(world, ofSlots, faults.length > 0);
      if (next === null || next.wakesMs >= untilMs || checker.violation !== null) return;
      sleepUntil(world, next.wakesMs);
      await episode.liveDue(next.due, volumeOf(world, next.due));
    }
  };
  for (let day = 0; day < days && checker.violation === null; day++) {
    const ofDay = planDay(ofBoards, [...world.boards.keys()], plan);
    const byHand = plan.channels === null ? [] : planRelayDay(ofRelays, plan.channels);
    const occasions = [...ofDay, ...byHand].sort((one, other) => one.atMs - other.atMs);
    for (const occasion of occasions) {
      const atMs = day * DAY_MS + occasion.atMs;
      await liveCalendarUntil(atMs);
      if (checker.violation !== null) break;
      sleepUntil(world, atMs);
      await episode.live(occasion);
      if (checker.violation !== null) break;
    }
  }
  await liveCalendarUntil(days * DAY_MS);
}

/** In idle hours the whole world sleeps. */
function sleepUntil({ clock }: UnitWorld, monotonicMs: number): void {
  const idleMs = monotonicMs - clock.monotonicMs();
  if (idleMs > 0) clock.sleepThrough(idleMs);
}

function cpuMsSince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(began);
  return (user + system) / 1000;
}

function countStates(world: UnitWorld): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { row } of world.chronicle.doses.values()) {
    const state = row?.state ?? 'lost';
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return counts;
}
