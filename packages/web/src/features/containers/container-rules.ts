/** Figures of a container that a person types. */
export const AMOUNTS = ['capacity', 'level', 'low', 'empty'] as const;
export type Amount = (typeof AMOUNTS)[number];

/** A figure that does not fit the others, and the rule that it breaks. */
export interface BrokenRule {
  readonly field: Amount;
  readonly name: 'level' | 'low' | 'empty' | 'shrink';
}

type Typed = { readonly [Name in Amount]?: number | string | undefined };

/** The first rule of the server that the typed figures break; `bookedMl` is what a container that exists holds. */
export function brokenRule({ capacity, level, low, empty }: Typed, bookedMl = 0): BrokenRule | null {
  if (typeof capacity !== 'number') return null;
  if (capacity < bookedMl) return { field: 'capacity', name: 'shrink' };
  if (typeof level === 'number' && level > capacity) return { field: 'level', name: 'level' };
  if (typeof low !== 'number') return null;
  if (low >= capacity) return { field: 'low', name: 'low' };
  return typeof empty === 'number' && empty > low ? { field: 'empty', name: 'empty' } : null;
}
