import { assert } from '../errors/perista-error.ts';

/** Water at 20 °C (CRC Handbook of Chemistry and Physics), g/ml. */
export const WATER_G_PER_ML = 0.9982;

/** Liquids that somebody pumps: from light alcohols to heavy brines, g/ml. */
export const DENSITY_RANGE = { min: 0.5, max: 3 } as const;

/** Volume of what was weighed: V = m / ρ, ml. The buoyancy of air, a thousandth for water, is left out. */
export function mlOfGrams(grams: number, gramsPerMl: number): number {
  assert(Number.isFinite(grams) && grams > 0, `what was weighed is a positive mass, not ${grams} g`);
  const { min, max } = DENSITY_RANGE;
  assert(gramsPerMl >= min && gramsPerMl <= max, `a density is ${min} to ${max} g/ml, not ${gramsPerMl}`);
  return grams / gramsPerMl;
}
