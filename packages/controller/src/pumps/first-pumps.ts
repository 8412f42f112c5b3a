import { type CalibrationRun, type Clock, fitCalibration, PeristaError, type Random, randomHex } from '@perista/core';
import type { NewPump } from '@perista/protocol/api';
import type { EventLog } from '../services.ts';
import type { Store } from '../store/store.ts';
import { enterPump, type NewPumpPorts } from './new-pump.ts';
import type { MeasuredCalibration } from './pump-row.ts';
import { settingsOf } from './pump-service.ts';

/** A pump that a new unit has from the start. */
export interface FirstPump extends NewPump {
  /** What its maker measured; empty: it must be calibrated before it doses. */
  readonly calibrationRuns: CalibrationRun[];
}

export interface FirstPumpsPorts extends NewPumpPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: Pick<EventLog, 'append'>;
}

/** Who entered the first pumps. */
const FACTORY = 'factory';

/**
 * Gives a unit that has never had a pump its first ones.
 * @throws PeristaError E306 if their calibration runs make no curve
 */
export function insertFirstPumps(ports: FirstPumpsPorts, firstPumps: readonly FirstPump[]): void {
  const { store, clock, pumps, events } = ports;
  store.transaction(() => {
    if (pumps.hasAny()) return;
    for (const { calibrationRuns, ...input } of firstPumps) {
      const pump = enterPump(ports, input, FACTORY, clock.wallMs());
      if (calibrationRuns.length > 0) pumps.activate(factoryCalibration(ports, pump.pumpId, calibrationRuns));
      events.append({
        kind: 'pump_created',
        pump_id: pump.pumpId,
        actor: FACTORY,
        data: { after: settingsOf(pump) },
      });
    }
  });
}

function factoryCalibration(
  { clock, random }: FirstPumpsPorts,
  pumpId: string,
  runs: readonly CalibrationRun[],
): MeasuredCalibration {
  const fit = fitCalibration(runs);
  if (fit.kind === 'refused') {
    throw new PeristaError('E306', `The calibration runs of the first pump "${pumpId}" make no curve: ${fit.detail}`);
  }
  const calibrationId = `cal-${randomHex(random, 8)}`;
  return { calibrationId, pumpId, origin: 'factory', curve: fit.curve, runs, createdAtMs: clock.wallMs() };
}
