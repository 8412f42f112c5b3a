import type { InfusionParameters } from '@perista/core';

/** A bolus is given at this rate, ml/min, or at that of the infusion if that is higher. */
const BOLUS_RATE_ML_MIN = 20;
/** What one roller pushes, ml, and how much its flow swells and sinks meanwhile, as a share. */
const PITCH_ML = 0.06;
const PULSATION = 0.3;
const MS_PER_MIN = 60_000;
/** Halvings that find an end to far less than a drop. */
const HALVINGS = 60;

/** What comes out of a pump that is told to give an infusion. */
export interface Flow {
  /** Bolus and infusion, ml. */
  readonly totalMl: number;
  /** When all of it was given, ms of turning. */
  readonly endsAfterMs: number;
  /** What came out within the first `ranMs` of turning, ml: it swells and sinks with the rollers and never goes back. */
  deliveredMl(ranMs: number): number;
}

/**
 * The flow of one unit of a pump: `gain` is what its tube gives of each ml that its speed stands for. A flow sensor
 * sees what comes out, so that the pump stops when all was given, a little before or after the planned time.
 */
export function flowOf({ flowRateMlMin, plannedVolumeMl, bolus }: InfusionParameters, gain: number): Flow {
  const bolusMl = bolus.enabled ? bolus.volumeMl : 0;
  const bolusRate = Math.max(BOLUS_RATE_ML_MIN, flowRateMlMin);
  const bolusMs = (bolusMl / gain / bolusRate) * MS_PER_MIN;
  const totalMl = bolusMl + plannedVolumeMl;

  const turnedMl = (ranMs: number) =>
    (bolusRate * Math.min(ranMs, bolusMs) + flowRateMlMin * Math.max(0, ranMs - bolusMs)) / MS_PER_MIN;
  const givenMl = (ranMs: number) => {
    const turned = turnedMl(ranMs);
    const phase = (2 * Math.PI * turned) / PITCH_ML;
    return gain * (turned + ((PULSATION * PITCH_ML) / (2 * Math.PI)) * (1 - Math.cos(phase)));
  };
  // The pulsation only ever adds, so that all is given by the time at which it would be without.
  let [early, late] = [0, bolusMs + (plannedVolumeMl / gain / flowRateMlMin) * MS_PER_MIN];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (early + late) / 2;
    if (givenMl(middle) < totalMl) early = middle;
    else late = middle;
  }
  const endsAfterMs = late;
  return {
    totalMl,
    endsAfterMs,
    deliveredMl: (ranMs) => (ranMs >= endsAfterMs ? totalMl : Math.min(totalMl, givenMl(ranMs))),
  };
}
