import { type ErrorCode, isPeristaError } from '@perista/core';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { FakeAgent } from '../../agent-link/fake-agent.ts';
import { OPERATOR } from '../../unit-fixture.ts';
import { expectInvariants, expectWithinCaps } from './invariants.ts';
import { doseIdOf, type LedgerModel, nameOf, type Order, PUMPS, type PumpId } from './ledger-model.ts';
import type { RealLedger } from './real-ledger.ts';

const HOUR_MS = 3_600_000;
/** A message on its way, and what it sets off. */
const MOMENT_MS = 20;

type LedgerCommand = fc.AsyncCommand<LedgerModel, RealLedger>;
type Step = (model: LedgerModel, real: RealLedger) => Promise<void> | void;

function command(name: string, step: Step): LedgerCommand {
  return {
    check: () => true,
    toString: () => name,
    async run(model, real) {
      await step(model, real);
      await real.unit.clock.advance(MOMENT_MS);
      await real.raiseIfDead();
      expectInvariants(model, real);
    },
  };
}

/** What `work` resolves to, or undefined where it failed with a code that callers know. */
async function ifPossible<T>(real: RealLedger, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await real.unit.clock.until(work());
  } catch (error) {
    if (isPeristaError(error)) return undefined;
    throw error;
  }
}

/** The order once more, or a first time; the key decides. */
function order(sent: Order): LedgerCommand {
  return command(`order ${JSON.stringify(sent)}`, (model, real) => {
    const { pumpId, key, ml } = sent;
    const known = model.answers.get(nameOf(sent));
    const motionsBefore = real.unit.agent.motions.size;
    let outcome: ReturnType<typeof real.unit.order>;
    try {
      outcome = real.unit.order(pumpId, { volume_ml: ml }, key);
    } catch (error) {
      if (isPeristaError(error, 'E301')) return;
      throw error;
    }
    if (known !== undefined) {
      const stored = known.order.ml === ml;
      expect(outcome).toEqual(stored ? known.outcome : { kind: 'key-reused', doseId: doseIdOf(known.outcome) });
      expect(real.unit.agent.motions.size, 'a repetition moves nothing').toBe(motionsBefore);
      return;
    }
    // An order whose answer was lost may be in the ledger, and its key is then taken.
    if (outcome.kind === 'key-reused') return;
    model.answers.set(nameOf(sent), { order: sent, outcome });
    if (outcome.kind === 'refused') return;
    expect(ml).toBeLessThanOrEqual(model.limits[pumpId].single_ml);
    if (!real.disk.isDead) expectWithinCaps(model, real, pumpId);
  });
}

const cancel = (choice: number) =>
  command(`cancel open dose ${choice}`, async (model, real) => {
    const open = real.doses().filter(({ ended_at }) => ended_at === null);
    const doseId = open[choice % open.length]?.dose_id;
    if (doseId === undefined) return;
    const dose = await ifPossible(real, () => real.unit.services.doses.cancel(doseId, OPERATOR));
    if (dose !== undefined) model.stopped.add(doseId);
  });

const stop = (pumpId: PumpId) =>
  command(`stop ${pumpId}`, async (model, real) => {
    const orders = [...model.answers.values()].filter((answer) => answer.order.pumpId === pumpId);
    const outcome = await ifPossible(real, () => real.unit.services.stops.stopPump(pumpId, OPERATOR));
    if (outcome?.at_rest.includes(pumpId)) for (const answer of orders) model.stopped.add(doseIdOf(answer.outcome));
  });

const emergencyStop = command('emergency stop', async (model, real) => {
  const outcomes = [...model.answers.values()].map((answer) => answer.outcome);
  const state = await ifPossible(real, () => real.unit.services.stops.engage(OPERATOR));
  model.isLatched = state === undefined ? null : state.latched;
  if (state?.outcome?.unproven.length === 0) for (const outcome of outcomes) model.stopped.add(doseIdOf(outcome));
});

const releaseStop = command('release the emergency stop', async (model, real) => {
  const wasLatched = real.unit.services.stops.state().latched;
  const state = await ifPossible(real, () => real.unit.services.stops.release(OPERATOR, 'looked'));
  if (wasLatched) model.isLatched = state === undefined ? null : state.latched;
});

const releasePump = (pumpId: PumpId) =>
  command(`release ${pumpId}`, async (_, real) => {
    await ifPossible(real, () => real.unit.services.pumps.release(pumpId, 'looked', OPERATOR));
  });

const patchLimits = (pumpId: PumpId, singleMl: number, hourMl: number) =>
  command(`limits of ${pumpId}: ${singleMl} ml, ${hourMl} ml/h`, (model, real) => {
    const limits = { single_ml: singleMl, hour_ml: hourMl };
    try {
      real.unit.services.pumps.update(pumpId, { limits }, OPERATOR);
    } catch (error) {
      if (!isPeristaError(error, 'E301')) throw error;
      real.disk.failure = 'none';
      if (real.disk.isDead) return;
    }
    model.limits[pumpId] = real.unit.services.pumps.get(pumpId).limits;
  });

const wait = (ms: number) => command(`wait ${ms} ms`, (_, real) => real.unit.clock.advance(ms));

/** Everything is switched off for a while. */
const night = (ms: number) =>
  command(`night of ${ms / HOUR_MS} h`, async (_, real) => {
    const { unit } = real;
    unit.crash();
    unit.agent.kill();
    await unit.clock.advance(ms);
    unit.agent.restart();
    await unit.boot();
  });

const setClockBack = (ms: number) => command(`clock set back by ${ms} ms`, (_, real) => real.unit.clock.stepWall(-ms));

const crash = (awayMs: number) => command(`crash, back after ${awayMs} ms`, (_, real) => real.crash(awayMs));

const crashAtWrite = (writes: number) =>
  command(`crash at write ${writes} from now`, (_, real) => {
    real.disk.writesToLive = writes;
  });

const failCommit = (failure: 'before-commit' | 'after-commit') =>
  command(`next transaction fails ${failure}`, (_, real) => {
    real.disk.failure = failure;
  });

const agentDies = (awayMs: number, forgets: boolean) =>
  command(`agent dies, back after ${awayMs} ms${forgets ? ' without its journal' : ''}`, async (_, real) => {
    const { agent, clock } = real.unit;
    agent.kill();
    await clock.advance(awayMs);
    if (forgets) agent.forget();
    agent.restart();
  });

/** What may be wrong with the agent or the way to it, until it is well again. */
const DISTURBANCES: Readonly<Record<string, (agent: FakeAgent) => void>> = {
  'START is lost': (agent) => agent.lostRequests.add('startDose'),
  'the answer to START is lost': (agent) => agent.lostReplies.add('startDose'),
  'questions are lost': (agent) => agent.lostRequests.add('query'),
  'answers to questions are lost': (agent) => agent.lostReplies.add('query'),
  'confirmations are lost': (agent) => agent.lostRequests.add('confirm'),
  'beats are lost': (agent) => agent.lostRequests.add('beat'),
  'stops are lost': (agent) => agent.lostRequests.add('stopDose'),
  'answers to stops are lost': (agent) => agent.lostReplies.add('stopDose'),
  'ends are lost': (agent) => {
    agent.isEndLost = true;
  },
  'replies are late': (agent) => {
    agent.replyDelayMs = 600;
  },
  'replies come twice': (agent) => {
    agent.repliesTwice = true;
  },
};

const disturb = (name: string) => command(`agent: ${name}`, (_, { unit }) => DISTURBANCES[name]?.(unit.agent));

export const calm = command('agent: well again', (_, { unit: { agent } }) => {
  agent.lostRequests.clear();
  agent.lostReplies.clear();
  agent.isEndLost = false;
  agent.replyDelayMs = 0;
  agent.repliesTwice = false;
  agent.nextFault = null;
  agent.refusal = null;
});

const repeatEnds = command('agent tells all ends again', (_, real) => real.unit.agent.repeatEnds());

const fault = (ml: number, code: ErrorCode) =>
  command(`next dose: ${code} after ${ml} ml`, (_, real) => {
    real.unit.agent.nextFault = { ml, code };
  });

const refuse = (code: ErrorCode) =>
  command(`agent refuses with ${code}`, (_, real) => {
    real.unit.agent.refusal = { code, message: 'not now' };
  });

const pump = fc.constantFrom(...PUMPS);
const key = fc.integer({ min: 0, max: 9 }).map((number) => `k${number}`);
const oneOf = fc.constantFrom;

const ALL: readonly [weight: number, fc.Arbitrary<LedgerCommand>][] = [
  [12, fc.record({ pumpId: pump, key, ml: fc.integer({ min: 1, max: 12 }) }).map(order)],
  [8, oneOf(300, 2_500, 9_000, 40_000).map(wait)],
  [2, oneOf(HOUR_MS / 2, HOUR_MS, 24 * HOUR_MS).map(night)],
  [1, oneOf(60_000, 5 * HOUR_MS).map(setClockBack)],
  [2, oneOf(0, 1_000, 8_000).map(crash)],
  [2, fc.integer({ min: 1, max: 12 }).map(crashAtWrite)],
  [2, oneOf('before-commit' as const, 'after-commit' as const).map(failCommit)],
  [3, fc.nat({ max: 5 }).map(cancel)],
  [3, pump.map(stop)],
  [1, fc.constant(emergencyStop)],
  [2, fc.constant(releaseStop)],
  [2, pump.map(releasePump)],
  [1, fc.tuple(pump, oneOf(3, 10), oneOf(8, 25)).map((args) => patchLimits(...args))],
  [2, fc.tuple(oneOf(100, 2_000, 8_000), oneOf(false, false, true)).map((args) => agentDies(...args))],
  [4, oneOf(...Object.keys(DISTURBANCES)).map(disturb)],
  [4, fc.constant(calm)],
  [1, fc.constant(repeatEnds)],
  [2, fc.tuple(oneOf(0, 0.5, 2), oneOf('E102', 'E101')).map((args) => fault(...args))],
  [1, oneOf('E207' as const, 'E101' as const, 'E433' as const).map(refuse)],
];

/** Each command as often as its weight says. */
export const COMMANDS: fc.Arbitrary<LedgerCommand>[] = ALL.flatMap(([weight, arbitrary]) =>
  Array.from({ length: weight }, () => arbitrary),
);
