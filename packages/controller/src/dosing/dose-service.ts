import {
  type Clock,
  type DosePlan,
  doseIdFromKey,
  isPeristaError,
  PeristaError,
  type Random,
  type Refusal,
  type CalibrationRunOrder as RunAtSpeed,
  randomHex,
} from '@perista/core';
import type { CalibrationRunStarted, Dose, DoseQuery, PrimeStarted, SessionRunStarted } from '@perista/protocol/api';
import type { AgentClient } from '../agent-link/agent-client.ts';
import { HOLD_MS } from '../agent-link/leases.ts';
import { type DoseIntent, type DoseRow, isPrime } from '../ledger/dose-row.ts';
import { doseView } from '../ledger/dose-view.ts';
import { pageOf } from '../ledger/paging.ts';
import type { PumpRecord } from '../pumps/pump-row.ts';
import { pumpConfigHash } from '../pumps/unit-config.ts';
import type { CalendarDose } from '../schedules/calendar-dose.ts';
import type { Actor, DoseOrders, EventLog, OrderInput, OrderOutcome, PageOf, PrimeInput } from '../services.ts';
import type { Store } from '../store/store.ts';
import type { AdmissionPorts, Admitted } from './admission.ts';
import type { Candidate } from './admit-run.ts';
import type { DoseDispatcher } from './dose-dispatcher.ts';
import type { DoseWithdrawal } from './dose-withdrawal.ts';
import {
  calibrationOrder,
  doseOrder,
  dueOrder,
  expiring,
  type OrderKind,
  primeOrder,
  sessionRunOrder,
  verificationOrder,
} from './order-kinds.ts';
import type { RunningDoses } from './running-doses.ts';

export interface DoseServicePorts extends AdmissionPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: Pick<EventLog, 'append'>;
  readonly dispatcher: DoseDispatcher;
  readonly withdrawal: DoseWithdrawal;
  readonly running: Pick<RunningDoses, 'progress' | 'isLapsing'>;
  readonly agent: Pick<AgentClient, 'isReady' | 'presence' | 'beat'>;
  /** Session under which the intent is written. */
  readonly epoch: () => number;
}

/**
 * The only door that starts a dose. An order is decided and recorded in one synchronous transaction; only what is in
 * the ledger is ever sent to the agent.
 */
export class DoseService implements DoseOrders {
  readonly #ports: DoseServicePorts;

  constructor(ports: DoseServicePorts) {
    this.#ports = ports;
  }

  order(input: OrderInput): OrderOutcome {
    const { request, cause, expiresAtMs } = input;
    const order = doseOrder(this.#ports, request, cause);
    return this.#place(input, expiresAtMs === undefined ? order : expiring(order, expiresAtMs));
  }

  prime(input: PrimeInput): OrderOutcome<PrimeStarted> {
    return this.#place(input, primeOrder(this.#ports, input.request));
  }

  /** A dose of the calendar, by how much late, s, or null. Whoever asks twice asks for the same one. */
  orderDue(dose: CalendarDose, lateS: number | null): OrderOutcome {
    return this.#place({ ...byCalendar(dose), lateS }, dueOrder(this.#ports, dose));
  }

  /** Runs a pump for a while so that somebody can measure what it gives. */
  orderCalibrationRun(by: Omit<Orderer, 'doseId'>, run: CalibrationRunOrder): OrderOutcome<CalibrationRunStarted> {
    return this.#place(by, calibrationOrder(this.#ports, run));
  }

  /** A run of a guided calibration, or a dose that verifies what it was fitted to. */
  orderSessionRun(by: Orderer, run: SessionRun): OrderOutcome<SessionRunStarted> {
    return 'verifyMl' in run
      ? this.#place(by, verificationOrder(this.#ports, run.verifyMl, run.candidate))
      : this.#place(by, sessionRunOrder(this.#ports, run));
  }

  /** Writes down a dose of the calendar that is not given; nothing if it has its row. */
  forgoDue(dose: CalendarDose, state: 'missed' | 'skipped', why: Refusal): void {
    const { store, doses, pumps } = this.#ports;
    store.transaction(() => {
      if (doses.find(dose.doseId) !== undefined) return;
      const base = this.#base(dose.doseId, byCalendar(dose), pumps.get(dose.pumpId), dueOrder(this.#ports, dose));
      this.#endAtOnce({ ...base, accepted_at_ms: dose.dueMs }, why, state);
    });
  }

  /** Nothing is kept here: the lease in the agent is the hold. */
  async renewPrime(pumpId: string, doseId: string, actor: Actor): Promise<Dose> {
    const { agent, running, isStopLatched } = this.#ports;
    const dose = this.#row(doseId);
    if (!isPrime(dose) || dose.pump_id !== pumpId) {
      throw new PeristaError('E404', `Pump "${pumpId}" has no prime "${doseId}"`);
    }
    if (dose.ended_at_ms !== null) throw new PeristaError('E406', `The prime is over (${dose.state})`);
    if (dose.actor !== actor.name)
      throw new PeristaError('E403', `Only ${dose.actor}, whose button it is, can hold it`);
    if (dose.stop_requested !== null || running.isLapsing(doseId) || isStopLatched()) {
      throw new PeristaError('E406', 'The prime is being stopped');
    }
    await agent.beat([doseId], HOLD_MS);
    return this.get(doseId);
  }

  list(query: DoseQuery): PageOf<Dose> {
    return pageOf(this.#ports.doses.list(query), query, (row) => this.#view(row));
  }

  get(doseId: string): Dose {
    return this.#view(this.#row(doseId));
  }

  async cancel(doseId: string, actor: Actor): Promise<Dose> {
    const dose = this.#row(doseId);
    if (dose.ended_at_ms !== null) {
      throw new PeristaError('E406', `Dose ${doseId} is over (${dose.state}) and cannot be cancelled`);
    }
    await this.#ports.withdrawal.cancel(dose, actor.name);
    return this.get(doseId);
  }

  #place<Plan extends AnyPlan, Answer>(by: Orderer, kind: OrderKind<Plan, Answer>): OrderOutcome<Answer> {
    const outcome = this.#placeOnce(this.#doseIdOf(by), by, kind);
    if (outcome.kind === 'accepted') this.#ports.dispatcher.kick();
    return outcome;
  }

  #doseIdOf({ actor, pumpId, key, doseId }: Orderer): string {
    if (doseId !== undefined) return doseId;
    if (key !== undefined) return doseIdFromKey({ actor: actor.keyScope ?? actor.name, pumpId, key });
    return `dose-${randomHex(this.#ports.random, 16)}`;
  }

  /** A commit that fails may still be durable: only the ledger can say, so it is asked before the failure is told. */
  #placeOnce<Plan extends AnyPlan, Answer>(
    doseId: string,
    by: Orderer,
    kind: OrderKind<Plan, Answer>,
  ): OrderOutcome<Answer> {
    try {
      return this.#ports.store.transaction(() => this.#stored(doseId, kind) ?? this.#decide(doseId, by, kind));
    } catch (error) {
      if (!isPeristaError(error, 'E301')) throw error;
      const stored = this.#storedIfReadable(doseId, kind);
      if (stored === undefined) throw error;
      return stored;
    }
  }

  #stored<Answer>(doseId: string, kind: OrderKind<unknown, Answer>): OrderOutcome<Answer> | undefined {
    const dose = this.#ports.doses.find(doseId);
    if (dose === undefined) return undefined;
    if (dose.request !== kind.spelling) return { kind: 'key-reused', doseId };
    return JSON.parse(dose.outcome) as OrderOutcome<Answer>;
  }

  #storedIfReadable<Answer>(doseId: string, kind: OrderKind<unknown, Answer>): OrderOutcome<Answer> | undefined {
    try {
      return this.#stored(doseId, kind);
    } catch (error) {
      if (isPeristaError(error, 'E301')) return undefined;
      throw error;
    }
  }

  #decide<Plan extends AnyPlan, Answer>(
    doseId: string,
    by: Orderer,
    kind: OrderKind<Plan, Answer>,
  ): OrderOutcome<Answer> {
    const pump = this.#ports.pumps.get(by.pumpId);
    const decision = kind.judge(pump);
    const base = this.#base(doseId, by, pump, kind);
    return decision.kind === 'refused'
      ? this.#endAtOnce(base, decision, 'refused')
      : this.#accept({ base, lateS: by.lateS ?? null }, pump, decision, kind);
  }

  #accept<Plan extends AnyPlan, Answer>(
    { base, lateS }: { base: IntentBase; lateS: number | null },
    pump: PumpRecord,
    admitted: Admitted<Plan>,
    kind: OrderKind<Plan, Answer>,
  ): OrderOutcome<Answer> {
    const { doses, events } = this.#ports;
    const { plan, chargeMl, calibrationId, mustWait } = admitted;
    const outcome = { kind: 'accepted', answer: kind.answer(base, admitted) } as const;
    doses.insertOpen(
      {
        ...base,
        outcome: JSON.stringify(outcome),
        start_before_ms: kind.startBeforeMs(base.accepted_at_ms, admitted),
        planned_hi_ml: chargeMl,
        duration_s: plan.durationS,
        motion: JSON.stringify(plan.motion),
        ml_per_rev: plan.mlPerRev,
        calibration_id: calibrationId,
        config_hash: pumpConfigHash(pump),
      },
      mustWait ? 'queued' : 'accepted',
    );
    const data = { volume_ml: chargeMl, duration_s: plan.durationS, cause: base.cause };
    events.append({ ...subject(base), kind: mustWait ? 'dose_queued' : 'dose_accepted', data });
    if (lateS !== null) {
      const late = { late_s: lateS, volume_ml: chargeMl, cause: base.cause };
      events.append({ ...subject(base), kind: 'dose_late', severity: 'warning', data: late });
    }
    return outcome;
  }

  #endAtOnce(base: IntentBase, refusal: Refusal, state: 'refused' | 'missed' | 'skipped'): OrderOutcome<never> {
    const { doses, events, clock } = this.#ports;
    const outcome = { kind: 'refused', refusal, doseId: base.dose_id } as const;
    const { reason, code, sentence } = refusal;
    const end = { state, reason: sentence, code, ended_at_ms: Math.floor(clock.wallMs()) };
    doses.insertOver({ ...base, outcome: JSON.stringify(outcome) }, end);
    const data = { volume_ml: base.requested_ml, cause: base.cause, rule: reason, code, reason: sentence };
    events.append({ ...subject(base), kind: `dose_${state}`, severity: 'warning', data });
    return outcome;
  }

  /** What both a dose and a refused order have. */
  #base(doseId: string, by: Orderer, pump: PumpRecord, kind: OrderKind<unknown, unknown>): IntentBase {
    return {
      dose_id: doseId,
      pump_id: by.pumpId,
      cause: kind.cause,
      actor: by.actor.name,
      schedule_id: by.scheduleId ?? null,
      request: kind.spelling,
      direction: kind.direction,
      requested_ml: kind.requestedMl(pump),
      accepted_at_ms: Math.floor(this.#ports.clock.wallMs()),
      start_before_ms: null,
      planned_hi_ml: 0,
      duration_s: null,
      motion: null,
      ml_per_rev: null,
      calibration_id: null,
      config_hash: null,
      epoch: this.#ports.epoch(),
    };
  }

  #row(doseId: string): DoseRow {
    const row = this.#ports.doses.find(doseId);
    if (row === undefined) throw new PeristaError('E404', `There is no dose "${doseId}"`);
    return row;
  }

  #view(row: DoseRow): Dose {
    return doseView(row, this.#ports.running.progress);
  }
}

/** Who orders what the calendar asks for. */
const WEEKLY_PLAN: Actor = { name: 'weekly-plan', role: 'operator' };
const SCHEDULE: Actor = { name: 'schedule', role: 'operator' };

const byCalendar = (dose: CalendarDose): Orderer & CalendarDose => ({
  ...dose,
  actor: dose.scheduleId === null ? WEEKLY_PLAN : SCHEDULE,
});

type IntentBase = Omit<DoseIntent, 'outcome'>;
type Orderer = Pick<OrderInput, 'pumpId' | 'actor' | 'key' | 'scheduleId'> & {
  readonly doseId?: string;
  /** By how much it begins late, s; told as a warning. */
  readonly lateS?: number | null;
};
/** What a session asks for: a speed for a time, or a volume through a calibration that is not in use. */
export type SessionRun = RunAtSpeed | { readonly verifyMl: number; readonly candidate: Candidate };
type CalibrationRunOrder = Parameters<typeof calibrationOrder>[1];
type AnyPlan = Pick<DosePlan, 'motion' | 'durationS' | 'mlPerRev'>;

const subject = ({ pump_id, dose_id, actor }: IntentBase) => ({ pump_id, dose_id, actor });
