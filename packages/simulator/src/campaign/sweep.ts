import { INVARIANTS } from '../checker/invariants/index.ts';
import { type DueSlot, nextSlot } from '../checker/slot-book.ts';
import { AS_BUILT } from '../world/composition.ts';
import type { PlannedChannel } from '../world/relay-unit-plan.ts';
import { UnitWorld } from '../world/unit-world.ts';
import { setUp } from './calendar-day.ts';
import { Episode } from './episode.ts';
import type { StrayErrors } from './stray-errors.ts';

export type SweptProcess = 'controller' | 'agent' | 'both';

/** One slot at which processes die. */
export interface SweptRestart {
  readonly process: SweptProcess;
  /** A moment, or from before the slot and its restart until then. */
  readonly how: 'restart' | 'outage';
  /** When it is up again, s after the slot was due; may be before. */
  readonly offsetS: number;
}

export interface SweepOrder {
  readonly seed: number;
  /** Slots are taken as they come, two hours apart: every twelfth is of the same channel and half of the day. */
  readonly restarts: readonly SweptRestart[];
}

export interface SweepResult {
  readonly restarts: number;
  readonly ends: Readonly<Record<string, number>>;
  /** What was otherwise than it has to be, in words. */
  readonly wrong: readonly string[];
}

const ON_S = 0.8;
const RATE = 0.5;
const SLOTS_A_WEEK = 14;
/** All twelve slots of a day, the one of midnight among them. */
const CHANNELS: readonly PlannedChannel[] = [1, 2, 3, 4, 5, 6].map((channel) => ({
  channel,
  pumpId: `relay-${channel}`,
  isEnabled: true,
  days: 127,
  dosesADay: 2,
  weeklyMl: SLOTS_A_WEEK * ON_S * RATE,
  rate: RATE,
}));

const WINDOW_S = 1_800;
/** Within it a boot decides whether the window is still open. */
const BOOT_S = 2;
const WAKE_MS = 1_100;
/** The executor looks at its plans every ten seconds of being awake. */
const LOOK_MS = 11_000;
/** An agent that comes back is found by its controller, and has to take its session and its pumps, within so long, s. */
const FOUND_S = 5;
const DOWN_MS = 250;
const OUTAGE_MS = 60_000;
/** Events that are closer to one another are not waited out between. */
const APART_MS = 5_000;
const TOLERANCE_MS = 20;

/** Restarts or takes down processes around slots of weekly plans, and looks what became of each slot. */
export async function sweep({ seed, restarts }: SweepOrder, strays: StrayErrors): Promise<SweepResult> {
  const world = new UnitWorld({ seed, composition: AS_BUILT, invariants: INVARIANTS, channels: CHANNELS });
  strays.belongTo(world);
  const ends: Record<string, number> = {};
  const wrong: string[] = [];
  const episode = new Episode(world, [], {});
  try {
    await world.start();
    await episode.settle();
    await setUp(world, world.plan);
    await episode.settle();
    for (const restart of restarts) {
      const slot = nextOf(world);
      const { end, onMs } = await liveThrough(world, episode, slot, restart);
      ends[end] = (ends[end] ?? 0) + 1;
      const verdict = judge(restart, end, onMs);
      if (verdict !== null) wrong.push(`${slot.doseId}, ${describe(restart)}: ${verdict}`);
      const { violation } = world.checker;
      if (violation === null) continue;
      wrong.push(`${slot.doseId}, ${describe(restart)}: ${violation.invariant}, ${violation.what}`);
      break;
    }
  } finally {
    world.end();
    await world.clock.advance(0);
    strays.belongTo(null);
  }
  return { restarts: restarts.length, ends, wrong };
}

const describe = ({ process, how, offsetS }: SweptRestart) =>
  `${how} of ${process} until ${offsetS} s after it was due`;

/** The next slot around which there is room on both sides. */
function nextOf({ chronicle, clock }: UnitWorld): DueSlot {
  const fromMs = clock.wallMs() + (WINDOW_S + 120) * 1000;
  const [first] = chronicle.slots.plans
    .flatMap((plan) => nextSlot(plan, fromMs) ?? [])
    .sort((one, other) => one.dueMs - other.dueMs);
  if (first === undefined) throw new Error('the world has no plans');
  return first;
}

async function liveThrough(world: UnitWorld, episode: Episode, slot: DueSlot, restart: SweptRestart) {
  const pump = world.chronicle.pump(slot.pumpId);
  const before = pump.turns();
  const upMs = slot.dueMs + restart.offsetS * 1000;
  if (restart.how === 'outage') {
    await reach(world, Math.min(slot.dueMs, upMs) - OUTAGE_MS);
    const hold = holdDown(world, restart.process);
    if (restart.process === 'agent') await reach(world, Math.min(slot.dueMs, upMs), LOOK_MS);
    await reach(world, upMs);
    hold.letGo();
    await episode.settle();
    await reach(world, slot.dueMs);
  } else {
    const isFirst = upMs < slot.dueMs;
    await reach(world, isFirst ? upMs : slot.dueMs);
    if (isFirst) await restartNow(world, restart.process);
    if (Math.abs(upMs - slot.dueMs) > APART_MS) await episode.settle();
    await reach(world, isFirst ? slot.dueMs : upMs);
    if (!isFirst) await restartNow(world, restart.process);
  }
  await episode.settle();
  const end = world.chronicle.find(slot.doseId)?.row?.state ?? 'nothing';
  return { end, onMs: (pump.turns() - before) * 1000 };
}

/** Sleeps until shortly before `wallMs` and lives on until then; nothing if it is past. */
async function reach({ clock }: UnitWorld, wallMs: number, awakeMs = WAKE_MS): Promise<void> {
  const idleMs = wallMs - awakeMs - clock.wallMs();
  if (idleMs > 0) clock.sleepThrough(idleMs);
  await clock.advance(Math.max(0, wallMs - clock.wallMs()));
}

async function restartNow(world: UnitWorld, process: SweptProcess): Promise<void> {
  const hold = holdDown(world, process);
  await world.clock.advance(DOWN_MS);
  hold.letGo();
}

function holdDown(world: UnitWorld, process: SweptProcess): { letGo(): void } {
  const [ofAgent, ofController] = [process !== 'controller', process !== 'agent'];
  if (ofAgent) world.agentHolds++;
  if (ofController) world.controllerHolds++;
  if (ofAgent) world.agent?.life.end();
  if (ofController) world.controller?.life.end();
  return {
    letGo() {
      if (ofAgent) world.agentHolds--;
      if (ofController) world.controllerHolds--;
      world.startAgent();
      world.startController();
    },
  };
}

/** What must have become of the slot: done, or missed where nobody was there before its window was over. */
function judge({ process, how, offsetS }: SweptRestart, end: string, onMs: number): string | null {
  const isMissed = end === 'missed';
  const wholeMs = ON_S * 1000;
  if (isMissed && onMs > 0) return `it is missed, and its relay was on for ${onMs.toFixed(0)} ms`;
  if (onMs > wholeMs + TOLERANCE_MS) return `its relay was on for ${onMs.toFixed(0)} ms`;
  if (how === 'outage') {
    const isAtEdge = offsetS > WINDOW_S - (process === 'controller' ? BOOT_S : FOUND_S) && offsetS <= WINDOW_S;
    if (isAtEdge && (isMissed || end === 'done')) return null;
    const expected = offsetS > WINDOW_S ? 'missed' : 'done';
    return end === expected ? null : `it is ${end}`;
  }
  const isCutOff = process !== 'controller' && offsetS >= 0 && offsetS <= BOOT_S;
  if (isCutOff && ['done', 'partial', 'uncertain'].includes(end)) return null;
  if (end !== 'done') return `it is ${end}`;
  return onMs < wholeMs - TOLERANCE_MS ? `it is done with ${onMs.toFixed(0)} ms of ${wholeMs} ms` : null;
}
