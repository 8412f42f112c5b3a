import type { CalibrationCurve, CalibrationRun, ErrorCode, PumpProfile } from '@perista/core';
import type { Pump, PumpHardware, PumpLimits } from '@perista/protocol/api';

/** A pump as it is configured. */
export interface PumpRecord {
  readonly pumpId: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly hardware: PumpHardware;
  readonly mutexGroup: string | null;
  readonly limits: PumpLimits;
  readonly maxRateMlPerMin: number;
  readonly minDoseMl: number;
  /** What it draws from. */
  readonly containerId: string;
}

export interface CalibrationRecord {
  readonly calibrationId: string;
  readonly pumpId: string;
  readonly origin: NonNullable<Pump['calibration']>['origin'];
  readonly curve: CalibrationCurve;
  readonly createdAtMs: number;
}

/** With what it was made of. */
export interface MeasuredCalibration extends CalibrationRecord {
  readonly runs: readonly CalibrationRun[];
}

export interface PumpFault {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What planning needs of a pump. */
export function profileOf(pump: PumpRecord, curve: CalibrationCurve | null): PumpProfile {
  const bounds = { ...boundsOf(pump), curve };
  const { hardware } = pump;
  if (hardware.kind === 'relay') return { ...bounds, geometry: 'relay' };
  const { microstep, steps_per_rev: stepsPerRev, max_rpm: maxRpm, address } = hardware;
  return { ...bounds, geometry: { microstep, stepsPerRev, maxRpm, address } };
}

const boundsOf = (pump: PumpRecord) => ({
  limits: {
    singleMl: pump.limits.single_ml,
    durationS: pump.limits.duration_s,
    hourMl: pump.limits.hour_ml,
    dayMl: pump.limits.day_ml,
    weekMl: pump.limits.week_ml,
  },
  maxRateMlPerMin: pump.maxRateMlPerMin,
  minDoseMl: pump.minDoseMl,
});
