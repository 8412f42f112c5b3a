import {
  type CalibrationCurve,
  type CalibrationRun,
  type Clock,
  fitCalibration,
  formatNumber,
  type Motion,
  PeristaError,
  type Random,
  RELAY_PULSES_PER_REV,
  RELAY_RPM,
  randomHex,
} from '@perista/core';
import type { DoseRow } from '../ledger/dose-row.ts';
import type { DoseStore } from '../ledger/dose-store.ts';
import type { CalibrationRecord } from '../pumps/pump-row.ts';
import type { PumpStore } from '../pumps/pump-store.ts';
import type { Actor, EventLog } from '../services.ts';
import type { Channel } from './channels.ts';

export interface ChannelCalibrationPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly doses: Pick<DoseStore, 'lastCalibrationRun'>;
  readonly pumps: PumpStore;
  readonly events: Pick<EventLog, 'append'>;
}

/** The rate of a pump behind a relay: measured by a run, or entered. Call all of it in a transaction. */
export class ChannelCalibration {
  readonly #ports: ChannelCalibrationPorts;

  constructor(ports: ChannelCalibrationPorts) {
    this.#ports = ports;
  }

  /** A whole run that waits for what was measured, if there is one. */
  waitingRun(pumpId: string): DoseRow | undefined {
    const run = this.#ports.doses.lastCalibrationRun(pumpId);
    if (run?.state !== 'done' || run.ended_at_ms === null) return undefined;
    const active = this.#ports.pumps.activeCalibration(pumpId);
    return active === undefined || active.createdAtMs < run.ended_at_ms ? run : undefined;
  }

  /**
   * Takes a measured volume for the rate of the pump. Seconds of the run.
   * @throws PeristaError E406 without a whole run that waits for it, E402 for more than the pump may give
   */
  finish({ id, pump }: Channel, measuredMl: number, actor: Actor): { runId: string; seconds: number } {
    const run = this.waitingRun(pump.pumpId);
    if (run === undefined || run.motion === null) {
      throw new PeristaError(
        'E406',
        `Channel ${id} has no whole calibration run that waits for its volume; run it first`,
      );
    }
    const { pulses } = JSON.parse(run.motion) as Motion;
    const seconds = pulses / RELAY_PULSES_PER_REV;
    this.#activate(
      pump.pumpId,
      'measured',
      { rpm: RELAY_RPM, revolutions: seconds, measuredMl },
      pump.maxRateMlPerMin,
      actor,
    );
    return { runId: run.dose_id, seconds };
  }

  /** @throws PeristaError E402 for more than the pump may give */
  enter({ pump }: Channel, rate: number, actor: Actor): void {
    this.#activate(pump.pumpId, 'entered', runAtRate(rate), pump.maxRateMlPerMin, actor);
  }

  #activate(
    pumpId: string,
    origin: CalibrationRecord['origin'],
    run: CalibrationRun,
    maxRateMlPerMin: number,
    actor: Actor,
  ): void {
    const { clock, random, pumps, events } = this.#ports;
    const rate = run.measuredMl / run.revolutions;
    const curve = curveOfRate(run, maxRateMlPerMin);
    const calibrationId = `cal-${randomHex(random, 8)}`;
    pumps.activate({ calibrationId, pumpId, origin, curve, runs: [run], createdAtMs: clock.wallMs() });
    const data = {
      calibration_id: calibrationId,
      origin,
      dosing_rate: rate,
      measured_ml: run.measuredMl,
      duration_s: run.revolutions,
    };
    events.append({ kind: 'pump_calibrated', pump_id: pumpId, actor: actor.name, data });
  }
}

/** The run that a rate in ml/s stands for. */
export const runAtRate = (rate: number): CalibrationRun => ({ rpm: RELAY_RPM, revolutions: 1, measuredMl: rate });

/** @throws PeristaError E402 for more than the pump may give */
export function curveOfRate(run: CalibrationRun, maxRateMlPerMin: number): CalibrationCurve {
  const rate = run.measuredMl / run.revolutions;
  if (rate * 60 > maxRateMlPerMin) {
    const [given, most] = [formatNumber(rate), formatNumber(maxRateMlPerMin / 60)];
    throw new PeristaError(
      'E402',
      `${given} ml/s is more than the ${most} ml/s that this pump may give (its max_rate_ml_min)`,
    );
  }
  const fit = fitCalibration([run]);
  if (fit.kind === 'refused') throw new PeristaError('E402', fit.detail);
  return fit.curve;
}
