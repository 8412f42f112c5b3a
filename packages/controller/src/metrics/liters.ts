const ML_PER_LITER = 1_000;

/** Prometheus wants base units, and names of units as its users spell them. */
export const litersOf = (ml: number): number => ml / ML_PER_LITER;
