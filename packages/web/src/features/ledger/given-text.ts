import type { Dose } from '@perista/protocol/api';
import type { Format } from '../../format/format.ts';

/** Differences that a person would not call a range, ml. */
const SAME_ML = 0.005;

/** What was given: a volume where it is known, else the range that holds it. */
export function givenText({ delivered_ml, lo_ml, hi_ml }: Dose, format: Format): string {
  if (delivered_ml !== null) return format.ml(delivered_ml);
  return hi_ml - lo_ml <= SAME_ML ? format.ml(hi_ml) : `${format.ml(lo_ml)} – ${format.ml(hi_ml)}`;
}
