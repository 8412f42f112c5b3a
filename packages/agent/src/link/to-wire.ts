import { shaftTravel } from '@perista/core';
import type { SensorState } from '@perista/drivers';
import { directionToWire, type EventKind, endCauseToWire, PumpActivity } from '@perista/protocol/link';
import type { DoseProgress } from '../dose-world.ts';
import type { EndedDose } from '../journal/dose-record.ts';
import type { PumpActivity as Activity, PumpUnit } from '../pumps/pump-unit.ts';

const ACTIVITIES = {
  idle: PumpActivity.IDLE,
  running: PumpActivity.RUNNING,
  stopping: PumpActivity.STOPPING,
  fault: PumpActivity.FAULT,
  offline: PumpActivity.OFFLINE,
} as const satisfies Record<Activity, PumpActivity>;

type EventValue<Case extends EventKind['case']> = Extract<EventKind, { case: Case }>['value'];

export const progressToWire = (progress: DoseProgress) => ({
  doseId: progress.doseId,
  pumpId: progress.pumpId,
  deliveredMl: progress.deliveredMl,
  remainingS: progress.remainingMs / 1000,
  elapsedS: progress.elapsedMs / 1000,
});

export function recordToWire({ start, end }: EndedDose): EventValue<'doseEnded'> & object {
  const shaft = shaftTravel(end.travel);
  return {
    doseId: start.doseId,
    pumpId: start.pumpId,
    cause: endCauseToWire(end.cause),
    loMl: end.loMl,
    hiMl: end.hiMl,
    faultCode: end.failure?.code ?? '',
    faultMessage: end.failure?.message ?? '',
    durationMs: end.durationMs,
    direction: directionToWire(start.direction),
    isCalibrated: start.isCalibrated,
    ...(shaft === null ? {} : { revolutions: shaft / start.encoder.countsPerRev }),
  };
}

export const pumpStateToWire = (unit: PumpUnit) => ({
  pumpId: unit.pumpId,
  activity: ACTIVITIES[unit.activity],
  doseId: unit.dose?.order.doseId ?? '',
  faultCode: unit.failure?.code ?? '',
  faultMessage: unit.failure?.message ?? '',
});

export const sensorsToWire = (pumpId: string, { position, enabled, stalled, line }: SensorState) => ({
  pumpId,
  ...(position === null ? {} : { positionCounts: position }),
  ...(enabled === null ? {} : { enabled }),
  ...(stalled === null ? {} : { stalled }),
  lineAnswered: line.answered,
  lineLost: line.lost,
  lineDiscardedBytes: line.discardedBytes,
});
