/** Fewer values cannot tell which of them is wrong. */
const LEAST_VALUES = 4;

/** A value this many robust standard deviations from the median is an outlier (Iglewicz and Hoaglin, 1993). */
const CUT_OFF = 3.5;

/** Turns a median absolute deviation into a standard deviation of normal noise. */
const NORMAL_MAD = 1.4826;

/** Nor is a value wrong that lies within this share of the median: so far a healthy pump may scatter. */
const ALWAYS_GOOD_SHARE = 0.03;

/** Indexes of repeats that disagree with the rest: misread, spilled, or measured with air in the tube. */
export function findOutliers(repeats: readonly number[]): number[] {
  if (repeats.length < LEAST_VALUES) return [];
  const centre = median(repeats);
  const spread = median(repeats.map((value) => Math.abs(value - centre)));
  const allowed = Math.max(CUT_OFF * NORMAL_MAD * spread, ALWAYS_GOOD_SHARE * centre);
  return repeats.flatMap((value, index) => (Math.abs(value - centre) > allowed ? [index] : []));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}
