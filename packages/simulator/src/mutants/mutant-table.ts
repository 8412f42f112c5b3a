import type { Mutant } from './mutant.ts';

/** Defects that the checker must find. */
export const MUTANTS: Readonly<Record<string, Mutant>> = {};
