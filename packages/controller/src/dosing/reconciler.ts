import {
  type Clock,
  ERRORS,
  type ErrorCode,
  isPeristaError,
  type Log,
  type PeristaError,
  plainReason,
} from '@perista/core';
import type { DoseProgress, DoseRecord, QueryReply } from '@perista/protocol/link';
import type { AgentClient } from '../agent-link/agent-client.ts';
import { inBackground } from '../background.ts';
import type { DoseRow } from '../ledger/dose-row.ts';
import type { DoseStore } from '../ledger/dose-store.ts';
import { failureFields } from '../log-fields.ts';
import type { EventLog } from '../services.ts';
import type { Store } from '../store/store.ts';
import { type RecallPorts, recallDoses } from './recall.ts';
import type { RunningDoses } from './running-doses.ts';
import type { Settlement } from './settlement.ts';

/** The agent could not begin just now, or its board did not answer: the same order may succeed within its window. */
const NOT_NOW: ReadonlySet<ErrorCode> = new Set(['E203', 'E206', 'E207']);
const mayBeginLater = (code: ErrorCode) => NOT_NOW.has(code) || ERRORS[code].retryable;

/** What a new session has shown of the two memories. */
export interface SessionFacts {
  readonly agentRemembersFrom: number;
  readonly mayLackDoses: boolean;
}

export interface ReconcilerPorts extends RecallPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly doses: DoseStore;
  readonly settlement: Settlement;
  readonly running: RunningDoses;
  readonly events: Pick<EventLog, 'append'>;
  readonly agent: Pick<AgentClient, 'epoch' | 'query' | 'confirm' | 'stopDose' | 'recall'>;
  /** Something may start now, or be missed. */
  readonly wake: () => void;
}

/**
 * Brings the ledger in line with what the agent knows of doses whose START was sent. As long as the agent has not said
 * what became of such a dose, it stays open and charged in full.
 */
export class Reconciler {
  readonly #ports: ReconcilerPorts;
  /** Doses that are being asked about. */
  readonly #asked = new Set<string>();
  /** What was sent under an earlier epoch, the agent may have forgotten. */
  #agentRemembersFrom = 0;

  constructor(ports: ReconcilerPorts) {
    this.#ports = ports;
  }

  /** At the begin of each session, before anything else may start. */
  async reconcile({ agentRemembersFrom, mayLackDoses }: SessionFacts): Promise<void> {
    this.#agentRemembersFrom = agentRemembersFrom;
    // The lease of what runs is short; everything else can wait.
    this.#keepAlive();
    if (mayLackDoses) {
      await recallDoses(this.#ports);
      await Promise.all(this.#unsent().map((dose) => this.#askUnsent(dose)));
    }
    await Promise.all(this.#sent().map((dose) => this.#ask(dose)));
  }

  #keepAlive(): void {
    const { running } = this.#ports;
    for (const dose of this.#sent()) {
      running.add(dose);
      // The agent is told to stop it again as soon as it says that it runs; until then nobody needs to ask twice.
      if (dose.stop_requested !== null) running.letLapse(dose.dose_id);
    }
    running.beatNow();
  }

  #sent(): DoseRow[] {
    return this.#ports.doses.open().filter((dose) => dose.sent_epoch !== null);
  }

  #unsent(): DoseRow[] {
    return this.#ports.doses.open().filter((dose) => dose.sent_epoch === null);
  }

  /** An older ledger does not know that START was sent: the agent may be at it all the same. */
  async #askUnsent(dose: DoseRow): Promise<void> {
    const { agent, doses, log } = this.#ports;
    try {
      const { kind } = await agent.query(dose.dose_id);
      if (kind.case !== 'running') return;
      doses.markSent(dose.dose_id, agent.epoch);
      this.adopt(dose.dose_id, kind.value);
    } catch (error) {
      if (!isPeristaError(error, 'E101', 'E302')) throw error;
      log.warn({ ...failureFields(error), doseId: dose.dose_id }, 'the agent cannot tell of a dose that was not sent');
    }
  }

  /** Asks after a dose that is marked as sent while nobody waits for it: the commit of that mark failed and yet stood (P5). */
  async lookAfter(dose: DoseRow): Promise<void> {
    if (this.#asked.has(dose.dose_id)) return;
    this.#asked.add(dose.dose_id);
    try {
      await this.#ask(dose);
    } finally {
      this.#asked.delete(dose.dose_id);
    }
  }

  /** START was answered with a failure: makes sure that nothing moved before it says so. */
  async onStartFailed(dose: DoseRow, failure: PeristaError): Promise<void> {
    // Without a session there is nobody to ask: the next one begins with `reconcile`.
    if (isPeristaError(failure, 'E201', 'E202', 'E203')) return;
    this.resolve(dose.dose_id, await this.#ports.agent.query(dose.dose_id), failure);
  }

  /** What the agent knows of a dose; `failure` is why it did not start, if the agent has said so. */
  resolve(doseId: string, { kind }: QueryReply, failure: PeristaError | null): void {
    if (kind.case === 'record') this.onDoseEnded(kind.value);
    else if (kind.case === 'running') this.adopt(doseId, kind.value);
    else if (kind.case === 'unknown') this.#neverMoved(doseId, failure);
  }

  /** The agent sends END again each second until it is confirmed, so a failure here is only a delay. */
  onDoseEnded(record: DoseRecord): void {
    const { settlement, running, agent, log, wake } = this.#ports;
    settlement.settle(record);
    running.drop(record.doseId);
    inBackground(log, 'confirm a settled dose', agent.confirm(record.doseId));
    wake();
  }

  /** Motion has begun or was found to go on. */
  adopt(doseId: string, { elapsedS }: DoseProgress): void {
    const { running, agent, log } = this.#ports;
    const dose = this.#ports.doses.find(doseId);
    if (dose === undefined || dose.ended_at_ms !== null) return;
    if (dose.started_at_ms === null) this.#markStarted(dose, elapsedS);
    if (dose.stop_requested === null) running.add(dose);
    else inBackground(log, 'stop a dose again', agent.stopDose(dose.pump_id, doseId));
  }

  #markStarted(dose: DoseRow, elapsedS: number): void {
    const { store, doses, events, clock } = this.#ports;
    store.transaction(() => {
      doses.markStarted(dose.dose_id, clock.wallMs() - elapsedS * 1000);
      const { pump_id, dose_id, actor, requested_ml, duration_s, cause } = dose;
      const data = { volume_ml: requested_ml, duration_s, cause };
      events.append({ kind: 'dose_started', pump_id, dose_id, actor, data });
    });
  }

  async #ask(dose: DoseRow): Promise<void> {
    const { agent, log } = this.#ports;
    const agentForgot = (dose.sent_epoch ?? 0) < this.#agentRemembersFrom;
    try {
      const reply = await agent.query(dose.dose_id);
      if (reply.kind.case === 'unknown' && agentForgot) this.#unknowable(dose);
      else this.resolve(dose.dose_id, reply, null);
    } catch (error) {
      if (isPeristaError(error, 'E302')) this.#unknowable(dose);
      else if (isPeristaError(error, 'E101'))
        log.warn({ ...failureFields(error), doseId: dose.dose_id }, 'the agent cannot tell yet');
      else throw error;
    }
  }

  /** The agent has no trace of the dose, and what was sent to it cannot take effect any more. */
  #neverMoved(doseId: string, failure: PeristaError | null): void {
    const { doses, settlement, running, wake } = this.#ports;
    const dose = doses.find(doseId);
    if (dose === undefined || dose.ended_at_ms !== null) return;
    running.drop(doseId);
    if (dose.stop_requested === null && (failure === null || mayBeginLater(failure.code))) {
      // Whoever asked looks again: at the begin of the session, or a moment after the failure.
      doses.markUnsent(doseId);
      return;
    }
    if (dose.stop_requested !== null) {
      const reason = plainReason('stopped-before', { who: dose.stop_requested });
      settlement.endUnmoved(dose, { state: 'cancelled', reason, code: null });
    } else if (failure !== null) {
      settlement.endUnmoved(dose, { state: 'refused', reason: failure.message, code: failure.code });
    }
    wake();
  }

  #unknowable(dose: DoseRow): void {
    this.#ports.settlement.settleUnknowable(dose);
    this.#ports.running.drop(dose.dose_id);
    this.#ports.wake();
  }
}
