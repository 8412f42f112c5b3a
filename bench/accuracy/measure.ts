import { BenchPump } from './bench-pump.ts';
import { type BenchDose, calibrate, METHODS, type Method, measuredSpeeds } from './methods.ts';

/** One dose by one method. */
export interface Outcome extends BenchDose {
  readonly method: Method;
  readonly seed: number;
  /** What it really gave beside what was ordered, %. */
  readonly errorPct: number;
  /** What the method stated, %. */
  readonly statedPct: number | null;
}

export interface Trial {
  readonly seeds: number;
  readonly volumesMl: readonly number[];
  readonly speedsRpm: readonly number[];
}

export const VOLUMES_ML = [0.5, 1, 2, 5, 10, 20, 50] as const;

/** 1 rpm to the fastest at which a dose may turn, evenly over the logarithm. */
export const SPEEDS_RPM = [1, 2, 5, 10, 20, 50, 100, 200, 278] as const;

/** Where a curve knows least: midway between the speeds that were measured. */
export function midwaySpeeds(): number[] {
  const measured = measuredSpeeds();
  return measured
    .slice(1)
    .map((rpm, index) => Math.sqrt(rpm * (measured[index] ?? rpm)))
    .filter((rpm) => rpm <= (SPEEDS_RPM.at(-1) ?? 0));
}

/** Every dose at every speed by every method, on a fresh unit for each seed. */
export function measure({ seeds, volumesMl, speedsRpm }: Trial): Outcome[] {
  return Array.from({ length: seeds }, (_, index) => index + 1).flatMap((seed) => {
    const pump = new BenchPump(seed);
    const methods = calibrate(pump);
    return METHODS.flatMap((method) =>
      speedsRpm.flatMap((rpm) =>
        volumesMl.flatMap((volumeMl): Outcome[] => {
          const { motionFor, errorPct: statedPct } = methods[method];
          const motion = motionFor({ volumeMl, rpm });
          if (motion === null) return [];
          const errorPct = (pump.turn(motion) / volumeMl - 1) * 100;
          return [{ method, seed, rpm, volumeMl, errorPct, statedPct }];
        }),
      ),
    );
  });
}

/** The size of error that 19 of 20 outcomes stay under, %; NaN without any. */
export function p95(outcomes: readonly Outcome[]): number {
  const sizes = outcomes.map(({ errorPct }) => Math.abs(errorPct)).sort((a, b) => a - b);
  return sizes[Math.ceil(sizes.length * 0.95) - 1] ?? Number.NaN;
}

/** How many of the outcomes lie within what was stated, as a share. */
export const shareWithin = (outcomes: readonly Outcome[]): number =>
  outcomes.filter(({ errorPct, statedPct }) => statedPct !== null && Math.abs(errorPct) <= statedPct).length /
  outcomes.length;
