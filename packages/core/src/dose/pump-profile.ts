import type { CalibrationCurve } from '../calibration/calibration-curve.ts';
import type { DoseLimits, StepperGeometry } from './dose.ts';

/** What planning needs to know of a pump: of its stepper, or that a relay turns it on and off. */
export type PumpProfile = StepperProfile | RelayProfile;

export interface StepperProfile extends PumpBounds {
  readonly geometry: StepperGeometry;
}

export interface RelayProfile extends PumpBounds {
  readonly geometry: 'relay';
}

interface PumpBounds {
  /** Null until it is calibrated. */
  readonly curve: CalibrationCurve | null;
  readonly limits: DoseLimits;
  /** Largest mean rate of a dose, ml/min. */
  readonly maxRateMlPerMin: number;
  readonly minDoseMl: number;
}
