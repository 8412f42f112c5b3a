/** A dose is called accurate while 19 of 20 like it lie within ± this share of their volume. */
export const ACCURATE_WITHIN = 0.05;

/**
 * What a dose may err by however large it is, as a share of a revolution: a roller that lifts off takes back up to 0.15 of
 * a pitch, of which a head of three rollers has three a turn, at either end of the dose.
 */
const LIFT_OFF_SHARE = 2 * (0.15 / 3);

/** Two standard deviations hold 19 of 20. */
const BAND_DEVIATIONS = 2;

/** What a calibration shows of errors that do not grow with the dose. */
export interface SmallDoseEvidence {
  /** The stated band as a share of the volume. */
  readonly band: number;
  readonly mlPerRev: number;
  /** Standard deviation of what runs gave beside the mean of their speed, ml. */
  readonly scatterMl: number;
}

/**
 * The smallest dose that is accurate, ml; null if the band alone is too wide for any. The scatter of runs is taken for an
 * error of fixed size (a drop, air, a scale), and so counts the more the smaller the dose: V = f / √(p² − e²).
 */
export function smallestAccurateMl({ band, mlPerRev, scatterMl }: SmallDoseEvidence): number | null {
  if (band >= ACCURATE_WITHIN) return null;
  const fixedMl = Math.max(LIFT_OFF_SHARE * mlPerRev, BAND_DEVIATIONS * scatterMl);
  return fixedMl / Math.sqrt(ACCURATE_WITHIN ** 2 - band ** 2);
}
