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

type Question = (happening: Happening, chronicle: Chronicle) => string | null;

interface Watched {
  readonly invariant: Invariant;
  readonly questions: readonly Question[];
}

/** Asks every rule after every happening. The first violation stands; what follows from it is not told. */
export class Checker {
  readonly trace = new Trace();
  violation: Violation | null = null;
  readonly #chronicle: Chronicle;
  readonly #watches: readonly { readonly invariant: Invariant; readonly watch: Watch }[];
  readonly #concerned = new Map<Happening['kind'], readonly Watched[]>();

  constructor(chronicle: Chronicle, invariants: readonly Invariant[]) {
    this.#chronicle = chronicle;
    this.#watches = invariants.map((invariant) => ({ invariant, watch: invariant.begin() }));
  }

  tell(happening: Happening): void {
    const atMs = this.#chronicle.nowMs;
    this.trace.add(atMs, happening);
    this.#chronicle.record(happening);
    if (this.violation !== null) return;
    for (const { invariant, questions } of this.#concernedBy(happening.kind)) {
      for (const question of questions) {
        const verdict = question(happening, this.#chronicle);
        if (verdict === null) continue;
        this.violation = { invariant: invariant.id, rule: invariant.rule, atMs, what: verdict };
        return;
      }
    }
  }

  #concernedBy(kind: Happening['kind']): readonly Watched[] {
    const known = this.#concerned.get(kind);
    if (known !== undefined) return known;
    const concerned = this.#watches
      .map(({ invariant, watch }) => ({ invariant, questions: questionsOf(watch, kind) }))
      .filter(({ questions }) => questions.length > 0);
    this.#concerned.set(kind, concerned);
    return concerned;
  }
}

function questionsOf(watch: Watch, kind: Happening['kind']): Question[] {
  const about = watch[kind] as Question | undefined;
  const { always } = watch;
  return [
    ...(about === undefined ? [] : [about]),
    ...(always === undefined ? [] : [(_: Happening, c: Chronicle) => always(c)]),
  ];
}
