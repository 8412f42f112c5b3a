const ML_PER_LITRE = 1_000;

/** Prometheus wants base units. */
export const litresOf = (ml: number): number => ml / ML_PER_LITRE;
