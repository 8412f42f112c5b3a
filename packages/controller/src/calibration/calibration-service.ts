import {
  type Clock,
  doseIdFromKey,
  fitCalibration,
  judgeVerification,
  PeristaError,
  PROPOSED_REPEATS,
  proposeCalibration,
  type Random,
  randomHex,
} from '@perista/core';
import type {
  Calibration,
  CalibrationReminder,
  CalibrationSession,
  PumpCalibrations,
  SessionMeasurement,
  SessionRunRequest,
  SessionRunStarted,
} from '@perista/protocol/api';
import type { Candidate } from '../dosing/admit-run.ts';
import type { DoseService } from '../dosing/dose-service.ts';
import type { DoseStore } from '../ledger/dose-store.ts';
import { timestamp } from '../ledger/timestamp.ts';
import { profileOf } from '../pumps/pump-row.ts';
import type { PumpStore } from '../pumps/pump-store.ts';
import type { Actor, Calibrations, EventLog, OrderOutcome } from '../services.ts';
import type { Store } from '../store/store.ts';
import { activationData, refuseActivation, refuseOverRate, sessionOrder, volumeOf } from './calibration-rules.ts';
import type { CalibrationStore } from './calibration-store.ts';
import { calibrationView, measuredRuns, runState, sessionView } from './calibration-view.ts';
import { chargeMeasured, type MeasuredPorts } from './measured-charge.ts';
import { calibrationAge, type CalibrationReminder as Reminding } from './reminder.ts';
import type { SessionRow, SessionRunRow, SessionStore } from './session-store.ts';

export interface CalibrationPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly doses: DoseStore;
  readonly pumps: PumpStore;
  readonly events: Pick<EventLog, 'append'>;
  readonly calibrations: CalibrationStore;
  readonly sessions: SessionStore;
  readonly book: MeasuredPorts['book'];
  readonly orders: Pick<DoseService, 'orderSessionRun'>;
  readonly reminder: Pick<Reminding, 'look'>;
}

/** Guided calibration: runs, what they gave, the curve, a dose that verifies it, and which calibration is in use. */
export class CalibrationService implements Calibrations {
  readonly #ports: CalibrationPorts;

  constructor(ports: CalibrationPorts) {
    this.#ports = ports;
  }

  ofPump(pumpId: string): PumpCalibrations {
    const { pumps, calibrations, sessions } = this.#ports;
    pumps.get(pumpId);
    const session = sessions.openOf(pumpId);
    return {
      items: calibrations.ofPump(pumpId).map(calibrationView),
      session: session === undefined ? null : this.#view(session),
      ...calibrationAge(this.#ports, pumpId),
    };
  }

  open(pumpId: string, actor: Actor): CalibrationSession {
    const { store, clock, random, pumps, sessions } = this.#ports;
    return store.transaction(() => {
      pumps.get(pumpId);
      const open = sessions.openOf(pumpId);
      if (open !== undefined) {
        throw new PeristaError(
          'E406',
          `Pump "${pumpId}" has the calibration session "${open.session_id}", which is not over; go on with it or end it`,
        );
      }
      const session_id = `cs-${randomHex(random, 6)}`;
      sessions.open({ session_id, pump_id: pumpId, opened_by: actor.name, opened_at_ms: clock.wallMs() });
      return this.#view(sessions.getOpen(pumpId, session_id));
    });
  }

  /** Its runs stay charged, and stay in the ledger; the calibration in use stays what it was. */
  abandon(pumpId: string, sessionId: string): void {
    const { store, clock, sessions } = this.#ports;
    store.transaction(() => {
      sessions.getOpen(pumpId, sessionId);
      this.#refuseWhile(sessionId, ['running'], 'has a run that is not over; stop the pump first');
      sessions.close(sessionId, clock.wallMs());
    });
  }

  /** The run is noted before its dose is ordered: a dose that nobody can place in its session never turns a pump. */
  run(
    pumpId: string,
    sessionId: string,
    { request, actor, key }: { request: SessionRunRequest; actor: Actor; key?: string },
  ): OrderOutcome<SessionRunStarted> {
    const { store, doses, sessions, orders, pumps } = this.#ports;
    const session = sessions.getOpen(pumpId, sessionId);
    const doseId =
      key === undefined
        ? `${sessionId}-${sessions.nextRun()}`
        : doseIdFromKey({ actor: actor.keyScope ?? actor.name, pumpId, key });
    const order = sessionOrder(this.#candidate(session), pumps.get(pumpId), request);
    store.transaction(() => {
      if (doses.find(doseId) !== undefined) return;
      this.#refuseWhile(
        sessionId,
        ['running', 'to-measure'],
        'has a run whose volume was not entered; enter or discard it first',
      );
      sessions.addRun(sessionId, doseId, 'candidate' in order ? order.candidate.calibrationId : null);
    });
    return orders.orderSessionRun({ pumpId, actor, doseId }, order);
  }

  /** Volumes can be corrected until the session is over. */
  measure(pumpId: string, sessionId: string, measurement: SessionMeasurement, actor: Actor): CalibrationSession {
    const { store, sessions, events } = this.#ports;
    return store.transaction(() => {
      const session = sessions.getOpen(pumpId, sessionId);
      const run = sessions.runs(sessionId).find(({ dose_id }) => dose_id === measurement.run_id);
      if (run === undefined) {
        throw new PeristaError('E404', `The session "${sessionId}" has no run "${measurement.run_id}"`);
      }
      const state = runState(run);
      if (state === 'running' || state === 'cut-short' || state === 'not-started') {
        throw new PeristaError(
          'E406',
          `The run "${run.dose_id}" was not whole (${state}) and cannot be measured; run it again`,
        );
      }
      const measuredMl = volumeOf(measurement);
      if (measuredMl === null) sessions.discard(run.dose_id);
      else this.#book(run, { measuredMl, actor: actor.name });
      if (run.verifies === null) sessions.finish(sessionId, null);
      const data = { session_id: sessionId, measured_ml: measuredMl };
      events.append({ kind: 'calibration_measured', pump_id: pumpId, dose_id: run.dose_id, actor: actor.name, data });
      return this.#view(sessions.getOpen(pumpId, session.session_id));
    });
  }

  /** The curve of what was measured becomes a calibration that can be verified and activated. */
  finish(pumpId: string, sessionId: string): CalibrationSession {
    const { store, clock, random, pumps, sessions, calibrations } = this.#ports;
    return store.transaction(() => {
      const session = sessions.getOpen(pumpId, sessionId);
      if (session.calibration_id !== null) return this.#view(session);
      this.#refuseWhile(
        sessionId,
        ['running', 'to-measure'],
        'has a run whose volume was not entered; enter or discard it first',
      );
      const runs = measuredRuns(sessions.runs(sessionId));
      const fit = fitCalibration(runs);
      if (fit.kind === 'refused') throw new PeristaError('E406', fit.detail);
      refuseOverRate(pumps.get(pumpId), fit.curve.points[0]?.mlPerMin ?? 0);
      const calibrationId = `cal-${randomHex(random, 8)}`;
      const createdAtMs = clock.wallMs();
      calibrations.add({ calibrationId, pumpId, origin: 'measured', curve: fit.curve, runs, createdAtMs });
      sessions.finish(sessionId, calibrationId);
      return this.#view(sessions.getOpen(pumpId, sessionId));
    });
  }

  /** Also the way back to an earlier one. Doses that were accepted before keep theirs. */
  activate(calibrationId: string, actor: Actor): Calibration {
    const { store, clock, pumps, sessions, calibrations, events } = this.#ports;
    return store.transaction(() => {
      const calibration = calibrations.get(calibrationId);
      pumps.get(calibration.pumpId);
      refuseActivation(calibration);
      const before = calibrations.active(calibration.pumpId);
      calibrations.use(calibration, clock.wallMs());
      const session = sessions.openOf(calibration.pumpId);
      if (session?.calibration_id === calibrationId) sessions.close(session.session_id, clock.wallMs());
      events.append({
        kind: 'pump_calibrated',
        pump_id: calibration.pumpId,
        actor: actor.name,
        data: activationData(calibration, before),
      });
      return calibrationView(calibrations.get(calibrationId));
    });
  }

  remind(pumpId: string, reminder: CalibrationReminder, actor: Actor): PumpCalibrations {
    const { store, pumps, calibrations, events, reminder: reminding } = this.#ports;
    store.transaction(() => {
      pumps.get(pumpId);
      const before = calibrations.reminder(pumpId);
      calibrations.saveReminder(pumpId, reminder);
      const data = { before: { calibration_reminder: before }, after: { calibration_reminder: reminder } };
      events.append({ kind: 'pump_changed', pump_id: pumpId, actor: actor.name, data });
    });
    reminding.look();
    return this.ofPump(pumpId);
  }

  #view(session: SessionRow): CalibrationSession {
    const { pumps, sessions, calibrations } = this.#ports;
    const proposed = proposeCalibration(profileOf(pumps.get(session.pump_id), null));
    const { calibration_id } = session;
    return sessionView(session, sessions.runs(session.session_id), {
      proposed: proposed.map(({ rpm, turningS }) => ({ rpm: rpm ?? null, duration_s: turningS })),
      repeats: PROPOSED_REPEATS,
      calibration: calibration_id === null ? null : calibrationView(calibrations.get(calibration_id)),
    });
  }

  #refuseWhile(sessionId: string, states: readonly string[], why: string): void {
    const busy = this.#ports.sessions.runs(sessionId).find((run) => states.includes(runState(run)));
    if (busy !== undefined) throw new PeristaError('E406', `The session "${sessionId}" ${why} (${busy.dose_id})`);
  }

  #candidate({ calibration_id }: SessionRow): Candidate | null {
    if (calibration_id === null) return null;
    const { calibrationId, curve } = this.#ports.calibrations.get(calibration_id);
    return { calibrationId, curve };
  }

  #book(run: SessionRunRow, reading: { readonly measuredMl: number; readonly actor: string }): void {
    const { clock, sessions, calibrations } = this.#ports;
    const { measuredMl } = reading;
    chargeMeasured(this.#ports, run, reading);
    sessions.measure(run.dose_id, measuredMl);
    if (run.verifies === null) return;
    const { curve } = calibrations.get(run.verifies);
    const { expectedMl, errorPct, allowedPct, passed } = judgeVerification(
      run.requested_ml,
      measuredMl,
      curve.errorPct,
    );
    calibrations.verify(run.verifies, {
      run_id: run.dose_id,
      expected_ml: expectedMl,
      measured_ml: measuredMl,
      error_pct: errorPct,
      allowed_pct: allowedPct,
      passed,
      at: timestamp(clock.wallMs()),
    });
  }
}
