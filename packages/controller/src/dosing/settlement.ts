import type { Clock, ErrorCode, Log } from '@perista/core';
import { capFor, type DoseRecord, directionFromWire } from '@perista/protocol/link';
import type { ContainerBook, Draw } from '../containers/container-book.ts';
import type { ChargeClock } from '../ledger/charge-clock.ts';
import { type DoseClosing, type DoseRow, isMeasured, isPrime } from '../ledger/dose-row.ts';
import type { DoseStore } from '../ledger/dose-store.ts';
import type { PumpLocks } from '../pumps/pump-locks.ts';
import type { PumpFault } from '../pumps/pump-row.ts';
import type { PumpStore } from '../pumps/pump-store.ts';
import type { EventLog } from '../services.ts';
import type { Store } from '../store/store.ts';
import { closingOf, type DoseEnding, isPumpFault } from './dose-closing.ts';
import { endingOf } from './dose-ending.ts';
import { primeClosingOf, withoutVolume } from './prime-closing.ts';

export interface SettlementPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly chargeClock: ChargeClock;
  readonly doses: DoseStore;
  readonly pumps: PumpStore;
  readonly book: Pick<ContainerBook, 'draw'>;
  readonly locks: PumpLocks;
  readonly events: Pick<EventLog, 'append'>;
}

/** A dose that ends without having moved. */
export interface UnmovedEnd {
  readonly state: 'missed' | 'cancelled' | 'refused';
  readonly reason: string;
  readonly code: ErrorCode | null;
}

/** Closes doses: outcome, budget, container, fault and event in one transaction. */
export class Settlement {
  readonly #ports: SettlementPorts;

  constructor(ports: SettlementPorts) {
    this.#ports = ports;
  }

  /**
   * Books END as the agent recorded it; null if the dose was settled before. Throws E301 and changes nothing else.
   * A dose that counts as nothing and that gave something was decided on while an older ledger was back: what was given
   * counts.
   */
  settle(record: DoseRecord, ageMs = 0): 'closed' | 'added' | null {
    return this.#ports.store.transaction(() => {
      const known = this.#ports.doses.find(record.doseId);
      const dose = known ?? this.#insertFound(record);
      if (dose === undefined) return null;
      const isDenied = dose.ended_at_ms !== null && dose.hi_ml === 0 && record.hiMl > 0;
      if (dose.ended_at_ms !== null && !isDenied) return null;
      const ending = endingOf(record, dose.ml_per_rev);
      const closing = isDenied ? closingOf(ending, record.hiMl, null) : closingFor(dose, ending);
      if (isPumpFault(ending) && ending.failure !== null) this.raiseFault(dose.pump_id, ending.failure, dose.dose_id);
      this.#close(dose, closing, ending.durationMs, ageMs);
      return known === undefined ? 'added' : 'closed';
    });
  }

  /** The agent has lost its memory: the dose may have given nothing, or all that its cap allowed. */
  settleUnknowable(dose: DoseRow): void {
    const reason = 'The agent has lost its journal; what this dose gave cannot be known any more.';
    const cap = capFor({ volumeMl: dose.planned_hi_ml, durationMs: 0 });
    const range = { loMl: 0, hiMl: cap.volumeMl, deliveredMl: null };
    this.#close(dose, { state: 'uncertain', ...range, reason, code: 'E302' }, 0);
  }

  /** Ends a dose of which it is certain that nothing moved. */
  endUnmoved(dose: DoseRow, end: UnmovedEnd): void {
    this.#close(dose, { ...end, loMl: 0, hiMl: 0, deliveredMl: 0 }, 0);
  }

  /** Marks a pump faulted until it is released. Joins the caller's transaction. */
  raiseFault(pumpId: string, fault: PumpFault, doseId: string | null): void {
    const { locks, events, clock } = this.#ports;
    if (!locks.setFault(pumpId, fault, doseId, clock.wallMs())) return;
    events.append({ kind: 'pump_fault', severity: 'alarm', pump_id: pumpId, dose_id: doseId, data: { ...fault } });
  }

  #close(dose: DoseRow, closing: DoseClosing, durationMs: number, ageMs = 0): void {
    const { store, doses, book, locks, events, clock, chargeClock, log } = this.#ports;
    const nowMs = clock.wallMs() - ageMs;
    const hasMoved = closing.hiMl > 0;
    const startedMs = dose.started_at_ms ?? (hasMoved ? nowMs - durationMs : null);
    const endedMs = startedMs === null ? nowMs : Math.max(startedMs, Math.min(nowMs, startedMs + durationMs));
    store.transaction(() => {
      doses.close(dose.dose_id, closing, { startedMs, endedMs, chargedMs: chargeClock.nowMs() - ageMs });
      if (closing.state === 'uncertain') locks.hold(dose.pump_id, dose.dose_id, nowMs);
      events.append({
        kind: closing.state === 'missed' ? 'dose_missed' : 'dose_settled',
        severity: closing.state === 'done' || closing.state === 'cancelled' ? 'info' : 'warning',
        pump_id: dose.pump_id,
        dose_id: dose.dose_id,
        actor: dose.actor,
        data: {
          state: closing.state,
          cause: dose.cause,
          requested_ml: dose.requested_ml,
          delivered_ml: closing.deliveredMl,
          lo_ml: closing.loMl,
          hi_ml: closing.hiMl,
          duration_s: durationMs / 1000,
          reason: closing.reason,
          code: closing.code,
        },
      });
      if (dose.direction === 'forward' && hasMoved) book.draw(drawOf(dose, closing), nowMs);
    });
    log.info({ doseId: dose.dose_id, ...closing }, 'dose is over');
  }

  /** A dose that the agent carried out and the ledger does not know, after the database was replaced: it counts. */
  #insertFound({ doseId, pumpId, hiMl, direction, isCalibrated }: DoseRecord): DoseRow | undefined {
    const { doses, pumps, events, clock, log } = this.#ports;
    if (!pumps.wasUsed(pumpId)) {
      log.error({ doseId, pumpId }, 'the agent tells of a dose of a pump that was never known here');
      return undefined;
    }
    const words = { reason: 'The agent remembers this dose and the ledger did not' };
    events.append({ kind: 'dose_found', severity: 'warning', pump_id: pumpId, dose_id: doseId, data: words });
    doses.insertFound({
      dose_id: doseId,
      pump_id: pumpId,
      // Only a prime turns a pump without a calibration.
      cause: isCalibrated ? 'manual' : 'prime',
      actor: 'unknown',
      schedule_id: null,
      request: '',
      outcome: '',
      direction: directionFromWire(direction),
      requested_ml: hiMl,
      accepted_at_ms: Math.floor(clock.wallMs()),
      start_before_ms: null,
      planned_hi_ml: hiMl,
      duration_s: null,
      motion: null,
      ml_per_rev: null,
      calibration_id: null,
      config_hash: null,
      epoch: 0,
    });
    return doses.find(doseId);
  }
}

/** Like budgets, containers are charged the top of the range. */
const drawOf = ({ pump_id, dose_id, actor }: DoseRow, { loMl, hiMl }: DoseClosing): Draw => ({
  pumpId: pump_id,
  doseId: dose_id,
  actor,
  loMl,
  hiMl,
});

function closingFor(dose: DoseRow, ending: DoseEnding): DoseClosing {
  const { planned_hi_ml, stop_requested, actor } = dose;
  if (!isPrime(dose)) {
    const closing = closingOf(ending, planned_hi_ml, stop_requested);
    return isMeasured(dose) || closing.hiMl === 0 ? closing : withoutVolume(closing);
  }
  return primeClosingOf(ending, {
    plannedMl: planned_hi_ml,
    stoppedBy: stop_requested,
    heldBy: actor,
    isMeasured: isMeasured(dose),
  });
}
