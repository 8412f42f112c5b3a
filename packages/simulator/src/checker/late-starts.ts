import type { Verdict, Watch } from './invariant.ts';

/** Doses whose START was durable too late: the agent still looks at the time before they move. */
export class LateStarts {
  readonly #late = new Map<string, string>();
  /** The verdict on each of them that moved. */
  readonly watch = {
    'tick-journalled': ({ doseId }) => this.#verdict(doseId),
    'end-journalled': ({ start: { doseId }, end }) => (end.hiMl > 0 ? this.#verdict(doseId) : null),
  } satisfies Watch;

  note(doseId: string, verdict: string): void {
    this.#late.set(doseId, verdict);
  }

  #verdict(doseId: string): Verdict {
    return this.#late.get(doseId) ?? null;
  }
}
