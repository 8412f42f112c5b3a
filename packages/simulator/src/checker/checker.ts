import type { Chronicle } from './chronicle.ts';
import type { Happening } from './happening.ts';
import type { Invariant, Watch } from './invariant.ts';
import { Trace } from './trace.ts';

export interface Violation {
  readonly invariant: string;
  readonly rule: string;
  readonly atMs: number;
  readonly what: string;
}

/** Asks every rule after every happening. The first violation stands; what follows from it is not told. */
export class Checker {
  readonly trace = new Trace();
  violation: Violation | null = null;
  readonly #chronicle: Chronicle;
  readonly #watches: readonly { readonly invariant: Invariant; readonly watch: Watch }[];

  constructor(chronicle: Chronicle, invariants: readonly Invariant[]) {
    this.#chronicle = chronicle;
    this.#watches = invariants.map((invariant) => ({ invariant, watch: invariant.begin() }));
  }

  tell(happening: Happening): void {
    const atMs = this.#chronicle.nowMs;
    this.trace.add(atMs, happening);
    this.#chronicle.record(happening);
    if (this.violation !== null) return;
    for (const { invariant, watch } of this.#watches) {
      const verdict = ask(watch, happening, this.#chronicle) ?? watch.always?.(this.#chronicle) ?? null;
      if (verdict === null) continue;
      this.violation = { invariant: invariant.id, rule: invariant.rule, atMs, what: verdict };
      return;
    }
  }
}

function ask(watch: Watch, happening: Happening, chronicle: Chronicle): string | null {
  const about = watch[happening.kind] as ((happening: Happening, chronicle: Chronicle) => string | null) | undefined;
  return about?.(happening, chronicle) ?? null;
}
