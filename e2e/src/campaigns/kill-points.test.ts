// Proves that a dose survives a kill before any single write, flush or send of agent or controller: the shaft turns for
// it once, what was acknowledged stays, and the ledger has exactly what was turned (I2, I3, I4, I10, I14).
import { hostClock, sleep } from '@perista/core';
import { type Dose, DoseAccepted } from '@perista/protocol/api';
import { expect, it } from 'vitest';
import {
  type CallPoint,
  callPoints,
  campaignSize,
  killAt,
  type PumpTruth,
  startUnit,
  type TestUnit,
  until,
} from '../harness/index.ts';
import { percentile, spread } from './spread.ts';

const POINTS = campaignSize({ short: 40, long: 300, full: 2_000 });
const LONGEST_LIFE_MS = 20_000;
const VICTIMS = ['agent', 'controller'] as const;
/** Each victim has a pump of its own, so that a shaft rests for more than the second between two motions. */
const PUMP_OF = { agent: 'ph-down', controller: 'nutrient-a' } as const;
const ORDER = { volume_ml: 0.3, duration_s: 2 };
const PULSES_PER_REV = 200 * 64;
/** The encoder's resolution and noise. */
const EXACT_WITHIN_ML = 0.001;
const SETTLE_LIMIT_MS = 30_000;
const RECOVERY_LIMIT_MS = 3_000;
/** Calls of a dose that come after its end is in the ledger, such as the confirmation to the agent. */
const LAST_CALLS_MS = 200;

type Victim = (typeof VICTIMS)[number];

/** A dose in which a process died. */
interface Life {
  readonly victim: Victim;
  readonly point: CallPoint;
  readonly dose: Dose;
  /** From the kill until the ledger had the end of the dose; 0 if it had it before. */
  readonly settledAfterMs: number;
  /** Of that, the time in which the shaft did not turn. */
  readonly recoveryMs: number;
}

const clock = hostClock(globalThis);

it(`survives a kill at ${POINTS} points of a dose`, { timeout: POINTS * LONGEST_LIFE_MS }, async () => {
  const unit = await startUnit({ env: { UV_THREADPOOL_SIZE: '1' } });
  await wholeDose(unit, 'first');
  const points = await pointsOfOneDose(unit);
  const lives: Life[] = [];
  let tries = 0;
  for (; lives.length < POINTS; tries++) {
    expect(tries, 'points tried until enough were reached').toBeLessThan(POINTS * 1.2 + 10);
    const victim = VICTIMS[tries % 2] as Victim;
    const all = points[victim];
    const point = all[Math.floor((tries / POINTS) * all.length) % all.length] as CallPoint;
    const life = await liveThrough(unit, victim, point, tries);
    if (life !== undefined) lives.push(life);
  }
  report(points, lives, tries);
  const recoveries = lives.filter(({ settledAfterMs }) => settledAfterMs > 0).map(({ recoveryMs }) => recoveryMs);
  // Of few kills, beside other tests, the slowest ones tell more of the machine than of Perista.
  expect(percentile(recoveries, POINTS < 300 ? 0.5 : 0.99)).toBeLessThan(RECOVERY_LIMIT_MS);
});

/** What agent and controller do for one dose that nothing disturbs. */
async function pointsOfOneDose(unit: TestUnit): Promise<Record<Victim, CallPoint[]>> {
  let controller: CallPoint[] = [];
  const agent = await callPoints(unit.pid('agent'), async () => {
    controller = await callPoints(unit.pid('controller'), () => wholeDose(unit, 'undisturbed'));
  });
  expect(Math.min(agent.length, controller.length), 'calls of a dose').toBeGreaterThan(20);
  return { agent, controller };
}

async function wholeDose(unit: TestUnit, key: string): Promise<void> {
  const { dose_id } = await unit.api.dose(PUMP_OF.agent, ORDER, key);
  expect(await unit.api.settled(dose_id, SETTLE_LIMIT_MS)).toMatchObject({ state: 'done' });
  await sleep(clock, LAST_CALLS_MS / 2);
}

/** One dose with one kill; undefined if the victim did not come as far as the point. */
async function liveThrough(unit: TestUnit, victim: Victim, point: CallPoint, turn: number): Promise<Life | undefined> {
  const pump = PUMP_OF[victim];
  const key = `kill-${turn}`;
  const before = await unit.emulator.truth(pump);
  const pid = unit.pid(victim);
  const doomed = await killAt(pid, point);
  const firstAnswer = unit.api.order(pump, ORDER, key).catch(() => undefined);
  const accepted = await answered(unit, pump, key);
  const dose = await unit.api.settled(accepted.dose_id, SETTLE_LIMIT_MS);
  const settledAtMs = performance.now();
  const now = await unit.emulator.truth(pump);
  const about = `killed ${victim} before its ${nameOf(point)}: ${JSON.stringify({ dose, before, now })}`;
  expectOneHonestMotion(accepted, dose, { before, now }, about);

  const diedAtMs = await Promise.race([doomed.diedAtMs, sleep(clock, LAST_CALLS_MS)]);
  await doomed.spare();
  if (diedAtMs === undefined) return undefined;
  await unit.newPid(victim, pid);
  await until(async () => (await unit.api.health()).status === 'ok', SETTLE_LIMIT_MS, 'the unit is whole again');
  expect(await unit.api.ledgerEntry(accepted.dose_id), about).toEqual(dose);
  const acknowledged = await firstAnswer;
  if (acknowledged !== undefined) expect(acknowledged, about).toEqual({ status: 202, body: accepted });
  const settledAfterMs = Math.max(0, settledAtMs - diedAtMs);
  return { victim, point, dose, settledAfterMs, recoveryMs: settledAfterMs - turningMs(now, diedAtMs, settledAtMs) };
}

/** Asks until there is an answer, as a client does that does not know whether its order arrived. */
const answered = (unit: TestUnit, pump: string, key: string): Promise<DoseAccepted> =>
  until(
    async () => {
      const { status, body } = await unit.api.order(pump, ORDER, key);
      return status === 202 && DoseAccepted.parse(body);
    },
    SETTLE_LIMIT_MS,
    `an answer to ${key}`,
  );

function expectOneHonestMotion(
  accepted: DoseAccepted,
  { state, lo_ml, hi_ml }: Dose,
  { before, now }: { before: PumpTruth; now: PumpTruth },
  about: string,
): void {
  const trueMl = ((now.revolutions - before.revolutions) * PULSES_PER_REV * accepted.volume_ml) / accepted.pulses;
  expect(now.moving, about).toBe(false);
  // A machine that stalls lets the shaft rest for a second between two chunks, and it is still one dose: a second one shows
  // by what was turned.
  expect(now.motions.length > before.motions.length, about).toBe(trueMl > EXACT_WITHIN_ML);
  expect(trueMl, about).toBeLessThanOrEqual(accepted.volume_ml + EXACT_WITHIN_ML);
  expect(['done', 'partial', 'missed'], about).toContain(state);
  for (const boundMl of [lo_ml, hi_ml]) {
    expect(Math.abs((boundMl ?? Number.NaN) - trueMl), `${about}, truly ${trueMl} ml`).toBeLessThan(EXACT_WITHIN_ML);
  }
}

/** How long the pump's last motion went on between two instants of `performance.now`. */
function turningMs({ motions }: PumpTruth, fromMs: number, toMs: number): number {
  const last = motions.at(-1);
  if (last === undefined) return 0;
  const atMs = (iso: string) => Date.parse(iso) - performance.timeOrigin;
  const endMs = last.ended_at === null ? toMs : Math.min(toMs, atMs(last.ended_at));
  return Math.max(0, endMs - Math.max(fromMs, atMs(last.started_at)));
}

const nameOf = ({ thread, call, nth, target }: CallPoint) => `${call} no. ${nth} of ${thread} on ${target}`;

function report(points: Record<Victim, CallPoint[]>, lives: readonly Life[], tries: number): void {
  const lines = VICTIMS.map((victim) => {
    const own = lives.filter((life) => life.victim === victim);
    const states = Object.entries(Object.groupBy(own, ({ dose }) => dose.state));
    const unsettled = own.filter(({ settledAfterMs }) => settledAfterMs > 0);
    const slowest = unsettled.toSorted((one, other) => other.recoveryMs - one.recoveryMs)[0];
    return [
      `${victim}: ${own.length} kills spread over ${points[victim].length} calls of a dose`,
      states.map(([state, list]) => `${list?.length} ${state}`).join(', '),
      `${own.length - unsettled.length} were settled before`,
      `kill to settled ${spread(unsettled.map((life) => life.settledAfterMs))}`,
      `without the turning of the shaft ${spread(unsettled.map((life) => life.recoveryMs))}`,
      `slowest: ${slowest && nameOf(slowest.point)}`,
    ].join('; ');
  });
  console.info([...lines, `${tries - lives.length} of ${tries} points were not reached`].join('\n'));
}
