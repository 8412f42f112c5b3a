import {
  type CalibrationCurve,
  type CalibrationRun,
  fitCalibration,
  type Motion,
  mlPerRev,
  PROPOSED_REPEATS,
  planCalibrationRun,
  planDose,
  proposeCalibration,
} from '@perista/core';
import { type BenchPump, freeMotion, meanRpm, PROFILE } from './bench-pump.ts';

/** Volume of a turn that the maker of the head names: what a pump without a calibration is taken for, ml. */
const NOMINAL_ML_PER_REV = 0.18;

/** Where people calibrate who calibrate once: in the middle of what their pump can do, rpm. */
const SINGLE_RPM = 100;

/** What somebody orders, and how fast the shaft shall turn for it. */
export interface BenchDose {
  readonly volumeMl: number;
  readonly rpm: number;
}

/** A way to know what a pump gives. */
export interface Calibrated {
  /** Null where it would refuse the dose. */
  motionFor(dose: BenchDose): Motion | null;
  /** What it states of its error, %; null where it states nothing. */
  readonly errorPct: number | null;
}

export const METHODS = ['multi-point', 'single-point', 'none'] as const;
export type Method = (typeof METHODS)[number];

/** The speeds at which a session measures, rpm. */
export const measuredSpeeds = (): number[] => proposedRuns().map(({ rpm }) => rpm);

/** Each way, after one session at the same pump. */
export function calibrate(pump: BenchPump): Record<Method, Calibrated> {
  const runs = proposedRuns().flatMap((run) =>
    Array.from({ length: PROPOSED_REPEATS }, (): CalibrationRun => {
      const { rpm, revolutions, motion } = run;
      return { rpm, revolutions, measuredMl: pump.measure(motion) };
    }),
  );
  const curve = fitted(runs);
  const nearest = runs.toSorted((a, b) => Math.abs(a.rpm - SINGLE_RPM) - Math.abs(b.rpm - SINGLE_RPM));
  const single = fitted(nearest.slice(0, PROPOSED_REPEATS));
  return {
    'multi-point': { errorPct: curve.errorPct, motionFor: (dose) => plannedMotion(dose, curve) },
    'single-point': { errorPct: null, motionFor: factorMotion(mlPerRev(single, single.points[0]?.rpm ?? 0)) },
    none: { errorPct: null, motionFor: factorMotion(NOMINAL_ML_PER_REV) },
  };
}

function proposedRuns() {
  return proposeCalibration({ ...PROFILE, curve: null }).map((order) => {
    const plan = planCalibrationRun(order, { ...PROFILE, curve: null });
    if (plan.kind === 'refused') throw new Error(plan.sentence);
    return plan;
  });
}

function fitted(runs: readonly CalibrationRun[]): CalibrationCurve {
  const fit = fitCalibration(runs);
  if (fit.kind === 'refused') throw new Error(fit.detail);
  return fit.curve;
}

/** As the product plans it. */
function plannedMotion({ volumeMl, rpm }: BenchDose, curve: CalibrationCurve): Motion | null {
  const durationS = (volumeMl / (meanRpm(rpm) * NOMINAL_ML_PER_REV)) * 60;
  const plan = planDose({ volumeMl, durationS, direction: 'forward' }, { ...PROFILE, curve });
  return plan.kind === 'refused' ? null : plan.motion;
}

/** As a product plans it that knows one factor. */
const factorMotion =
  (perRev: number) =>
  ({ volumeMl, rpm }: BenchDose) =>
    freeMotion(volumeMl / perRev, rpm);
