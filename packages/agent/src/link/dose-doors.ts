import { PeristaError, type StopWish } from '@perista/core';
import type { Beat, Confirm, Envelope, Query, ReplyKind, StartDose } from '@perista/protocol/link';
import type { AgentContext } from '../agent-context.ts';
import type { DoseRunner } from '../dose-runner.ts';
import type { DoseBeginning } from '../dose-world.ts';
import { isEnded } from '../journal/dose-record.ts';
import { LONGEST_LEASE_MS } from '../safety/lease.ts';
import { startRefusal } from '../start-refusal.ts';
import { parseStartDose } from './parse-start-dose.ts';
import { progressToWire, recordToWire } from './to-wire.ts';

/** Begins a dose, unless its id is known: then its record is the answer and nothing moves (P7). */
export async function startDose(context: AgentContext, wire: StartDose, envelope: Envelope): Promise<ReplyKind> {
  const order = parseStartDose(wire, envelope);
  const running = context.units.runningDose(order.doseId);
  if (running !== undefined) {
    // Asked again while it begins: what becomes of it is the answer to both, and nothing is begun after a wait.
    const beginning = await running.beginning;
    if (beginning.kind === 'not-started') throw withdrawal(beginning.wish);
  }
  const known = knownDose(context, order.doseId);
  if (known !== null) return { case: 'startDose', value: { kind: { case: 'known', value: { kind: known } } } };

  const unit = context.units.find(order.pumpId);
  if (unit === undefined && context.units.isChanging) {
    // Its configuration is on its way: the same order may begin in a moment.
    throw new PeristaError('E207', 'The configuration of the pumps is being changed');
  }
  if (unit === undefined) throw new PeristaError('E404', `The agent has no pump "${order.pumpId}"`);
  const refusal = startRefusal(order, {
    nowMs: context.clock.monotonicMs(),
    emergencyStop: context.latch.isSet,
    isChanging: context.units.isChanging,
    unit,
    groupHolder: context.interlock.holder(unit.interlockGroup),
  });
  if (refusal !== null) throw new PeristaError(refusal.code, refusal.message);

  const dose = unit.begin(order);
  return beginningReply(dose, await dose.beginning);
}

function beginningReply(dose: DoseRunner, beginning: DoseBeginning): ReplyKind {
  if (beginning.kind === 'not-started') throw withdrawal(beginning.wish);
  return {
    case: 'startDose',
    value:
      beginning.kind === 'moving'
        ? { kind: { case: 'started', value: progressToWire(dose.progress()) } }
        : { kind: { case: 'known', value: { kind: { case: 'record', value: recordToWire(beginning.dose) } } } },
  };
}

const WITHDRAWALS = {
  stop: ['E207', 'The dose was stopped before it began; nothing moved'],
  cap: ['E207', 'The cap of the dose was reached before it began; nothing moved'],
  'emergency-stop': ['E430', 'Emergency stop came before the dose began; nothing moved'],
  'lease-lost': ['E206', 'The lease of the dose ran out before it began; nothing moved'],
} as const satisfies Record<Exclude<StopWish['cause'], 'fault'>, readonly [string, string]>;

function withdrawal(wish: StopWish): PeristaError {
  if (wish.failure !== null) return new PeristaError(wish.failure.code, wish.failure.message);
  const [code, message] = WITHDRAWALS[wish.cause];
  return new PeristaError(code, message);
}

export async function query(context: AgentContext, { doseId }: Query): Promise<ReplyKind> {
  const running = context.units.runningDose(doseId);
  if (running !== undefined) await running.beginning;
  const kind = knownDose(context, doseId) ?? { case: 'unknown' as const, value: {} };
  return { case: 'query', value: { kind } };
}

/**
 * What the agent knows of a dose; null if there is no trace of it. Whoever asks waits first until it is clear whether a
 * dose moves: one that was called running and is then given up would be waited for for ever.
 * @throws PeristaError E101 while it was cut off and its board does not answer, E302 if its record is lost
 */
function knownDose({ units, doses }: AgentContext, doseId: string) {
  const running = units.runningDose(doseId);
  if (running !== undefined && running.phase !== 'not-started') {
    return { case: 'running' as const, value: progressToWire(running.progress()) };
  }
  if (doses.isDamaged(doseId)) {
    throw new PeristaError('E302', `The record of dose ${doseId} is damaged: it gave between nothing and its cap`);
  }
  const dose = doses.find(doseId);
  if (dose === undefined) return null;
  if (isEnded(dose)) return { case: 'record' as const, value: recordToWire(dose) };
  throw new PeristaError('E101', `Dose ${doseId} was cut off and its motor board does not answer yet`);
}

export async function confirm({ doses, clock }: AgentContext, { doseIds }: Confirm): Promise<ReplyKind> {
  await doses.confirm(doseIds, clock.wallMs());
  return { case: 'done', value: {} };
}

/**
 * Renews the leases of the running doses among those named, from receipt, but not past the deadline of the beat: one that
 * lay in the socket of a process that was frozen is no sign of life. @throws PeristaError E402
 */
export function beat({ clock, units }: AgentContext, { doseIds, leaseMs }: Beat, { deadlineMs }: Envelope): ReplyKind {
  if (!(leaseMs > 0 && leaseMs <= LONGEST_LEASE_MS)) {
    throw new PeristaError('E402', `lease_ms of Beat must be more than 0 and at most ${LONGEST_LEASE_MS}`);
  }
  const untilMs = Math.min(clock.monotonicMs() + leaseMs, deadlineMs === 0 ? Number.POSITIVE_INFINITY : deadlineMs);
  for (const doseId of doseIds) units.runningDose(doseId)?.extendLease(untilMs);
  return { case: 'done', value: {} };
}
