import type { Chronicle } from './chronicle.ts';
import type { Happening, HappeningOf } from './happening.ts';

/** What is wrong, in words, or null. */
export type Verdict = string | null;

type Watches = { readonly [K in Happening['kind']]?: (happening: HappeningOf<K>, chronicle: Chronicle) => Verdict };

/** A rule at work in one world: asked after each happening of the kinds that it names, and `always` after every one. */
export type Watch = Watches & { readonly always?: (chronicle: Chronicle) => Verdict };

/** One rule of the dose protocol, as a check on what truly happened. */
export interface Invariant {
  readonly id: string;
  readonly rule: string;
  begin(): Watch;
}

/** Encoder readings and records may be off by so much of a turn. */
export const TOLERANCE_TURNS = 0.02;
