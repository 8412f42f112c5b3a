import type { Violation } from '../checker/checker.ts';
import { FAULTLESS_INVARIANTS, INVARIANTS } from '../checker/invariants/index.ts';
import { AS_BUILT, type Composition } from '../world/composition.ts';
import { UnitWorld } from '../world/unit-world.ts';
import { planDay } from './day.ts';
import { Episode } from './episode.ts';
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
    const days = world.chance('days');
    const episode = new Episode(world, order.faults, strikes);
    await episode.settle();
    for (let day = 0; day < order.days && world.checker.violation === null; day++) {
      const beginsMs = day * DAY_MS;
      for (const occasion of planDay(days, [...world.boards.keys()])) {
        const idleMs = beginsMs + occasion.atMs - world.clock.monotonicMs();
        if (idleMs > 0) world.clock.sleepThrough(idleMs);
        await episode.live(occasion);
        if (world.checker.violation !== null) break;
      }
    }
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
