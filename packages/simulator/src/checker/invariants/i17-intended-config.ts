import type { Motion } from '@perista/core';
import { type Invariant, TOLERANCE_TURNS } from '../invariant.ts';
import { plannedTurns } from '../ledger-dose.ts';

const ROUNDING_TURNS = 1e-6;
/** A volume is planned in whole pulses. */
const PLANNED_WITHIN_PART = 0.005;
const PLANNED_WITHIN_ML = 0.001;
const GIVEN_WITHIN_PART = 0.02;

export const intendedConfig: Invariant = {
  id: 'I17',
  rule: 'what is done is what was asked: volume, direction, and the configuration in INTENT',
  begin: () => ({
    'order-answered': ({ answer, key, volumeMl }, chronicle) => {
      const row = answer.kind === 'done' ? chronicle.find(answer.value.doseId)?.row : undefined;
      if (row == null) return null;
      const off = Math.abs(row.planned_hi_ml - volumeMl);
      return off > PLANNED_WITHIN_ML + PLANNED_WITHIN_PART * volumeMl
        ? `${volumeMl} ml were asked by ${key} and ${row.planned_hi_ml.toFixed(4)} ml were planned`
        : null;
    },
    'ledger-changed': ({ dose: row }, chronicle) => {
      // A prime is to turn for as long as its button is held.
      if (row.state !== 'done' || row.delivered_ml === null || row.cause === 'prime') return null;
      // A slot that an older ledger asks for again, by the plan of then, has its dose.
      if (chronicle.find(row.dose_id)?.wasForgotten === true) return null;
      const leastMl = row.planned_hi_ml * (1 - GIVEN_WITHIN_PART) - TOLERANCE_TURNS * (row.ml_per_rev ?? 0);
      return row.delivered_ml < leastMl
        ? `dose ${row.dose_id} is done with ${row.delivered_ml.toFixed(4)} ml of ${row.planned_hi_ml.toFixed(4)} ml`
        : null;
    },
    'end-journalled': ({ start }, chronicle) => {
      const dose = chronicle.find(start.doseId);
      if (dose === undefined || dose.hardships.size > 0) return null;
      return chronicle.signedTurnsOf(dose) < -TOLERANCE_TURNS ? `dose ${start.doseId} turned the wrong way` : null;
    },
    'start-journalled': ({ start }, chronicle) => {
      const row = chronicle.find(start.doseId)?.row;
      if (row == null || row.ml_per_rev === null) return null;
      if (row.ml_per_rev !== start.mlPerRev) {
        return `dose ${start.doseId} was planned with ${row.ml_per_rev} ml a turn and begun with ${start.mlPerRev}`;
      }
      const { direction } = JSON.parse(row.motion ?? '{}') as Partial<Motion>;
      if (direction !== undefined && direction !== start.direction) {
        return `dose ${start.doseId} was planned ${direction} and begun ${start.direction}`;
      }
      const turns = start.targetCounts / start.encoder.countsPerRev;
      const planned = plannedTurns(row, chronicle.pump(start.pumpId).pulsesPerRev);
      return Math.abs(turns - planned) > ROUNDING_TURNS
        ? `dose ${start.doseId} was planned with ${planned} turns and begun with ${turns}`
        : null;
    },
  }),
};
