import type { NewSchedule, Plan } from '@perista/protocol/api';
import type { DoseFacts } from '../checker/chronicle.ts';
import { INVARIANTS } from '../checker/invariants/index.ts';
import { askNow } from '../faults/user-acts.ts';
import { AS_BUILT } from '../world/composition.ts';
import type { PlannedChannel } from '../world/relay-unit-plan.ts';
import { UnitWorld } from '../world/unit-world.ts';
import { nextWaking, setUp } from './calendar-day.ts';
import { Episode } from './episode.ts';

const DAYS = 31;
/** Clocks go on in Warsaw on the 29th. */
const BEGINS_MS = Date.UTC(2026, 2, 6, 6);

/** Some meet each other, and some are more than an hour or a week of their pump holds. */
const SCHEDULES: readonly NewSchedule[] = [
  { pump_id: 'ph-down', cron: '30 2 * * *', volume_ml: 1.7 },
  { pump_id: 'ph-down', cron: '35 2 * * 1,4', volume_ml: 1.6, duration_s: 20 },
  { pump_id: 'nutrient-a', cron: '30 2 * * *', volume_ml: 0.35, duration_s: 12 },
  { pump_id: 'nutrient-a', rule: { kind: 'interval', every_min: 437 }, volume_ml: 0.21 },
  {
    pump_id: 'nutrient-a',
    rule: { kind: 'windows', doses_per_day: 3, daily_ml: 1, windows: [{ from: '22:10', to: '03:20' }] },
    timezone: 'Europe/London',
  },
  { pump_id: 'ph-down', rule: { kind: 'weekdays', days: ['sun', 'wed'], times: ['02:10', '17:40'] }, volume_ml: 0.4 },
  { pump_id: 'ph-down', rule: { kind: 'once', date: '2026-03-29', time: '02:45' }, volume_ml: 0.25 },
  { pump_id: 'ph-down', rule: { kind: 'interval', every_min: 175 }, volume_ml: 0.75, paused_until: '2026-03-20' },
];

const CHANNELS: readonly PlannedChannel[] = [1, 2, 3].map((channel) => ({
  channel,
  pumpId: `relay-${channel}`,
  isEnabled: true,
  days: channel === 2 ? 0b1010101 : 127,
  dosesADay: channel === 3 ? 1 : 2,
  weeklyMl: channel === 3 ? 10.5 : 9.8,
  rate: 0.4,
}));

/** Awake for longer than the executor waits between two looks at its plans, it orders at the very instant. */
const AWAKE_MS = 12_000;
/** From the order to START, and by how much a dose before it may last longer than planned. */
const WIRE_MS = 1_000;
const WAITED_MS = 2_500;
const WITHIN_PART = 0.01;
/** A board rests a hundredth of a turn beside its target, and a relay some milliseconds. */
const WITHIN_ML = 0.01;

export interface MonthResult {
  readonly plan: Plan;
  /** What was otherwise than the plan had told, in words. */
  readonly wrong: readonly string[];
}

/** Has a month with schedules of every kind and weekly plans foretold, and lives through it in a world where nothing goes wrong. */
export async function liveMonth(seed: number): Promise<MonthResult> {
  const calendar = { beginsMs: BEGINS_MS, zones: [], schedules: SCHEDULES };
  const world = new UnitWorld({ seed, composition: AS_BUILT, invariants: INVARIANTS, channels: CHANNELS, calendar });
  try {
    const plan = await foretell(world);
    await liveThrough(world, plan);
    return { plan, wrong: wrongIn(world, plan) };
  } finally {
    world.end();
    await world.clock.advance(0);
  }
}

async function liveThrough(world: UnitWorld, { until }: Plan): Promise<void> {
  const episode = new Episode(world, [], {});
  const random = world.chance('month');
  for (;;) {
    const next = nextWaking(world, random, false);
    if (next === null || next.due.dueMs >= Date.parse(until) || world.checker.violation !== null) return;
    const idleMs = next.due.dueMs - AWAKE_MS - world.clock.wallMs();
    if (idleMs > 0) world.clock.sleepThrough(idleMs);
    await episode.liveDue(next.due, 0);
  }
}

async function foretell(world: UnitWorld): Promise<Plan> {
  await world.start();
  const episode = new Episode(world, [], {});
  await episode.settle();
  await setUp(world, world.plan);
  await episode.settle();
  const answer = await world.clock.until(askNow(world, (door) => door.preview(DAYS)));
  if (answer.kind !== 'done') throw new Error(`no preview: ${JSON.stringify(answer)}`);
  return answer.value;
}

function wrongIn(world: UnitWorld, plan: Plan): string[] {
  const { violation } = world.checker;
  if (violation !== null) return [`${violation.invariant}: ${violation.what}`];
  const told = new Set(plan.doses.map(({ dose_id }) => dose_id));
  const ordered = [...world.chronicle.doses.values()].filter(({ row }) => row?.cause === 'schedule');
  const untold = ordered.filter(({ doseId }) => !told.has(doseId)).map(({ doseId }) => `${doseId} was not told`);
  return [...differences(world, plan), ...untold];
}

function differences(world: UnitWorld, { doses }: Plan): string[] {
  return doses.flatMap((told) => {
    const dose = world.chronicle.find(told.dose_id);
    if (dose?.row == null) return [`${told.dose_id} has no row`];
    const isGiven = told.starts_at !== null;
    const { pump_id, state, code, delivered_ml } = dose.row;
    const what = `${told.dose_id} was told ${told.state} ${told.volume_ml} ml of ${told.pump_id} at ${told.starts_at}`;
    if (pump_id !== told.pump_id) return [`${what}, and is of ${pump_id}`];
    if (state !== (isGiven ? 'done' : told.state) || code !== told.code) return [`${what}, and is ${state} ${code}`];
    const expectedMl = isGiven ? told.volume_ml : 0;
    const allowedMl = WITHIN_ML + WITHIN_PART * expectedMl;
    const trueMl = world.chronicle.trueMl(dose);
    if (Math.abs((delivered_ml ?? 0) - expectedMl) > allowedMl)
      return [`${what}, and the ledger has ${delivered_ml} ml`];
    if (Math.abs(trueMl - expectedMl) > allowedMl) return [`${what}, and its shaft gave ${trueMl} ml`];
    const lateMs = told.starts_at === null ? 0 : startedAtMs(world, dose) - Date.parse(told.starts_at);
    const mayBeLateMs = told.state === 'waits' ? WAITED_MS : WIRE_MS;
    return Math.abs(lateMs) > mayBeLateMs ? [`${what}, and began ${lateMs.toFixed(0)} ms later`] : [];
  });
}

/** By the wall clock, which nobody has set. */
const startedAtMs = (world: UnitWorld, { startMs }: DoseFacts): number =>
  (startMs ?? 0) + world.clock.wallMs() - world.clock.monotonicMs();
