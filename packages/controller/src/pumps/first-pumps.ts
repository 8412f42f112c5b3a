import { type CalibrationRun, type Clock, fitCalibration, PeristaError, type Random, randomHex } from '@perista/core';
import type { NewPump } from '@perista/protocol/api';
import type { EventLog } from '../services.ts';
import type { Store } from '../store/store.ts';
import type { CalibrationRecord } from './pump-row.ts';
import { newPump, settingsOf } from './pump-service.ts';
import type { PumpStore } from './pump-store.ts';

/** A pump that a new unit has from the start. */
export interface FirstPump extends NewPump {
  /** What its maker measured; empty: it must be calibrated before it doses. */
  readonly calibrationRuns: CalibrationRun[];
}

export interface FirstPumpsPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly pumps: PumpStore;
  readonly events: Pick<EventLog, 'append'>;
}

/**
 * Gives a unit that has never had a pump its first ones.
 * @throws PeristaError E306 if their calibration runs make no curve
 */
export function insertFirstPumps(ports: FirstPumpsPorts, firstPumps: readonly FirstPump[]): void {
  const { store, clock, pumps, events } = ports;
  store.transaction(() => {
    if (pumps.hasAny()) return;
    for (const { calibrationRuns, ...input } of firstPumps) {
      const pump = newPump(input);
      pumps.insert(pump, clock.wallMs());
      if (calibrationRuns.length > 0) pumps.activate(factoryCalibration(ports, pump.pumpId, calibrationRuns));
      events.append({
        kind: 'pump_created',
        pump_id: pump.pumpId,
        actor: 'factory',
        data: { after: settingsOf(pump) },
      });
    }
  });
}

function factoryCalibration(
  { clock, random }: FirstPumpsPorts,
  pumpId: string,
  runs: readonly CalibrationRun[],
): CalibrationRecord {
  const fit = fitCalibration(runs);
  if (fit.kind === 'refused') {
    throw new PeristaError('E306', `The calibration runs of the first pump "${pumpId}" make no curve: ${fit.detail}`);
  }
  const calibrationId = `cal-${randomHex(random, 8)}`;
  return { calibrationId, pumpId, origin: 'factory', curve: fit.curve, runs, createdAtMs: clock.wallMs() };
}
