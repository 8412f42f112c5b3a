/** What the book says of a container since its level was last known, ml. */
export interface Bookings {
  /** The level that was known then. */
  readonly knownMl: number;
  readonly addedMl: number;
  /** What doses drew, at the least and at the most. */
  readonly drawnLoMl: number;
  readonly drawnHiMl: number;
}

/** A measured rest held against the book. Volumes in ml. */
export interface Deviation {
  readonly drawnLoMl: number;
  readonly drawnHiMl: number;
  /** What went out by measurement. */
  readonly drawnMeasuredMl: number;
  /** Booked level minus measured rest: above 0 the pumps gave more than their calibration says. */
  readonly errorMl: number;
  /** The same in % of what was booked as drawn; null if nothing was. */
  readonly errorPct: number | null;
}

/** How far the book was off when `restMl` were measured: the error of calibration that this implies. */
export function deviationOf({ knownMl, addedMl, drawnLoMl, drawnHiMl }: Bookings, restMl: number): Deviation {
  const drawnMeasuredMl = knownMl + addedMl - restMl;
  const errorMl = drawnMeasuredMl - drawnHiMl;
  const errorPct = drawnHiMl > 0 ? (errorMl / drawnHiMl) * 100 : null;
  return { drawnLoMl, drawnHiMl, drawnMeasuredMl, errorMl, errorPct };
}
