import type { Composition } from '../world/composition.ts';

/** A named defect, built in where the product is put together. */
export interface Mutant {
  /** What is wrong with it. */
  readonly defect: string;
  /** Rules that may find it. */
  readonly breaks: readonly string[];
  readonly composition: Composition;
  /** Faults in whose company it shows, one of which at least is at work in each world; empty: it shows by itself. */
  readonly shows: readonly string[];
}
