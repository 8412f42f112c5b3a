import { assert } from '../errors/perista-error.ts';

/*
 * Monotone piecewise cubic Hermite interpolation. Slopes after F. N. Fritsch and J. Butland, "A method for constructing
 * local monotone piecewise cubic interpolants", SIAM J. Sci. Stat. Comput. 5 (1984): between two rising points the
 * curve rises, and it passes no point.
 */

/** The curve through ascending `xs` and their `ys`, to be asked between the first and the last of `xs`. */
export function pchip(xs: readonly number[], ys: readonly number[]): (x: number) => number {
  assert(xs.length === ys.length && xs.length > 0, 'a curve has as many values as arguments, and at least one');
  if (xs.length === 1) return () => at(ys, 0);
  const slopes = slopesOf(xs, ys);
  return (x) => {
    const right = Math.max(
      1,
      xs.findIndex((knot) => knot >= x),
    );
    const left = right - 1;
    const width = at(xs, right) - at(xs, left);
    const rise = at(ys, right) - at(ys, left);
    const t = (x - at(xs, left)) / width;
    const bend = width * (at(slopes, left) * (1 - t) - at(slopes, right) * t);
    // Cubic Hermite form as chord plus bend, so that both ends are met exactly.
    return at(ys, left) + rise * t * t * (3 - 2 * t) + bend * t * (1 - t);
  };
}

function slopesOf(xs: readonly number[], ys: readonly number[]): number[] {
  const widths = differences(xs);
  const chords = differences(ys).map((rise, index) => rise / at(widths, index));
  const last = xs.length - 1;
  if (last === 1) return [at(chords, 0), at(chords, 0)];
  return xs.map((_, index) => {
    if (index === 0) return endSlope(at(widths, 0), at(widths, 1), at(chords, 0), at(chords, 1));
    const [widthBefore, chordBefore] = [at(widths, index - 1), at(chords, index - 1)];
    if (index === last) return endSlope(widthBefore, at(widths, index - 2), chordBefore, at(chords, index - 2));
    return innerSlope(widthBefore, at(widths, index), chordBefore, at(chords, index));
  });
}

/** Weighted harmonic mean of the neighbouring chords: 0 where they disagree in sign, never steeper than thrice either. */
function innerSlope(widthBefore: number, widthAfter: number, chordBefore: number, chordAfter: number): number {
  if (chordBefore * chordAfter <= 0) return 0;
  const weightBefore = 2 * widthAfter + widthBefore;
  const weightAfter = widthAfter + 2 * widthBefore;
  return (weightBefore + weightAfter) / (weightBefore / chordBefore + weightAfter / chordAfter);
}

/** Three-point slope at an end, limited so that the end segment stays monotone. */
function endSlope(width: number, nextWidth: number, chord: number, nextChord: number): number {
  const slope = ((2 * width + nextWidth) * chord - width * nextChord) / (width + nextWidth);
  if (slope * chord <= 0) return 0;
  return Math.abs(slope) > 3 * Math.abs(chord) ? 3 * chord : slope;
}

function differences(values: readonly number[]): number[] {
  return values.slice(1).map((value, index) => value - at(values, index));
}

function at(values: readonly number[], index: number): number {
  const value = values[index];
  assert(value !== undefined, 'an index lies inside its array');
  return value;
}
