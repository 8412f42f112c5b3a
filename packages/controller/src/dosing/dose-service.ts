import {
  type Clock,
  doseIdFromKey,
  isPeristaError,
  PeristaError,
  type Random,
  type Refusal,
  randomHex,
} from '@perista/core';
import type { Dose, DoseQuery, DoseRequest } from '@perista/protocol/api';
import type { DoseIntent, DoseRow } from '../ledger/dose-row.ts';
import { doseView } from '../ledger/dose-view.ts';
import { pageOf } from '../ledger/paging.ts';
import { timestamp } from '../ledger/timestamp.ts';
import type { PumpRecord } from '../pumps/pump-row.ts';
import { pumpConfigHash } from '../pumps/unit-config.ts';
import type { Actor, DoseOrders, EventLog, OrderInput, OrderOutcome, PageOf } from '../services.ts';
import type { Store } from '../store/store.ts';
import { type AdmissionPorts, type Admitted, admit, directionOf } from './admission.ts';
import type { DoseDispatcher } from './dose-dispatcher.ts';
import type { DoseWithdrawal } from './dose-withdrawal.ts';
import type { RunningDoses } from './running-doses.ts';

/** How long after its acceptance an order may still start, at once or from the queue. */
const DIRECT_WINDOW_MS = 30_000;
const QUEUED_WINDOW_MS = 30 * 60_000;

export interface DoseServicePorts extends AdmissionPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: Pick<EventLog, 'append'>;
  readonly dispatcher: DoseDispatcher;
  readonly withdrawal: DoseWithdrawal;
  readonly running: Pick<RunningDoses, 'progress'>;
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
    const doseId = this.#doseIdOf(input);
    const request = spell(input.request);
    const outcome = this.#orderOnce(doseId, request, input);
    if (outcome.kind === 'accepted') this.#ports.dispatcher.kick();
    return outcome;
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

  #doseIdOf({ actor, pumpId, key }: OrderInput): string {
    if (key !== undefined) return doseIdFromKey({ actor: actor.keyScope ?? actor.name, pumpId, key });
    return `dose-${randomHex(this.#ports.random, 16)}`;
  }

  /** A commit that fails may still be durable: only the ledger can say, so it is asked before the failure is told. */
  #orderOnce(doseId: string, request: string, input: OrderInput): OrderOutcome {
    try {
      return this.#ports.store.transaction(() => this.#stored(doseId, request) ?? this.#decide(doseId, request, input));
    } catch (error) {
      if (!isPeristaError(error, 'E301')) throw error;
      const stored = this.#storedIfReadable(doseId, request);
      if (stored === undefined) throw error;
      return stored;
    }
  }

  #stored(doseId: string, request: string): OrderOutcome | undefined {
    const dose = this.#ports.doses.find(doseId);
    if (dose === undefined) return undefined;
    return dose.request === request ? (JSON.parse(dose.outcome) as OrderOutcome) : { kind: 'key-reused', doseId };
  }

  #storedIfReadable(doseId: string, request: string): OrderOutcome | undefined {
    try {
      return this.#stored(doseId, request);
    } catch (error) {
      if (isPeristaError(error, 'E301')) return undefined;
      throw error;
    }
  }

  #decide(doseId: string, request: string, input: OrderInput): OrderOutcome {
    const pump = this.#ports.pumps.get(input.pumpId);
    const decision = admit(this.#ports, pump, input.request);
    return decision.kind === 'refused'
      ? this.#refuse(this.#base(doseId, request, input), decision)
      : this.#accept(this.#base(doseId, request, input), pump, decision);
  }

  #accept(base: IntentBase, pump: PumpRecord, { plan, calibration, mustWait }: Admitted): OrderOutcome {
    const { doses, events } = this.#ports;
    const state = mustWait ? 'queued' : 'accepted';
    const answer = {
      dose_id: base.dose_id,
      pump_id: base.pump_id,
      state,
      volume_ml: plan.volumeMl,
      duration_s: plan.durationS,
      rate_ml_min: plan.rateMlPerMin,
      pulses: plan.motion.pulses,
      error_pct: plan.errorPct,
      accepted_at: timestamp(base.accepted_at_ms),
    } as const;
    const outcome: OrderOutcome = { kind: 'accepted', answer };
    doses.insertOpen(
      {
        ...base,
        outcome: JSON.stringify(outcome),
        start_before_ms: base.accepted_at_ms + (mustWait ? QUEUED_WINDOW_MS : DIRECT_WINDOW_MS),
        planned_hi_ml: plan.volumeMl,
        duration_s: plan.durationS,
        motion: JSON.stringify(plan.motion),
        ml_per_rev: plan.mlPerRev,
        calibration_id: calibration.calibrationId,
        config_hash: pumpConfigHash(pump),
      },
      state,
    );
    const data = { volume_ml: plan.volumeMl, duration_s: plan.durationS, cause: base.cause };
    events.append({ ...subject(base), kind: mustWait ? 'dose_queued' : 'dose_accepted', data });
    return outcome;
  }

  #refuse(base: IntentBase, refusal: Refusal): OrderOutcome {
    const { doses, events } = this.#ports;
    const outcome: OrderOutcome = { kind: 'refused', refusal, doseId: base.dose_id };
    doses.insertRefused({ ...base, outcome: JSON.stringify(outcome) }, refusal.sentence, refusal.code);
    const { reason, code, sentence } = refusal;
    const data = { volume_ml: base.requested_ml, cause: base.cause, rule: reason, code, reason: sentence };
    events.append({ ...subject(base), kind: 'dose_refused', severity: 'warning', data });
    return outcome;
  }

  /** What both a dose and a refused order have. */
  #base(doseId: string, request: string, input: OrderInput): IntentBase {
    return {
      dose_id: doseId,
      pump_id: input.pumpId,
      cause: input.cause,
      actor: input.actor.name,
      schedule_id: null,
      request,
      direction: directionOf(input.request),
      requested_ml: input.request.volume_ml,
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

type IntentBase = Omit<DoseIntent, 'outcome'>;

const subject = ({ pump_id, dose_id, actor }: IntentBase) => ({ pump_id, dose_id, actor });

/** One spelling of an order's body, so that a repetition is recognised. */
function spell(request: DoseRequest): string {
  const { volume_ml, duration_s } = request;
  return JSON.stringify({ volume_ml, duration_s: duration_s ?? null, direction: directionOf(request) });
}
