export interface Sample {
  readonly seq: number;
  readonly atMs: number;
  readonly body: object;
}

/** The last messages of progress of this start of the device, for whoever missed some. */
export class SampleMemory {
  readonly #capacity: number;
  /** Ordered by their numbers. */
  #samples: Sample[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  keep(sample: Sample): void {
    this.#samples.push(sample);
    // Cut now and then, so that keeping one costs the same however many are kept.
    if (this.#samples.length >= 2 * this.#capacity) this.#samples = this.#samples.slice(-this.#capacity);
  }

  between(fromSeq: number, toSeq: number): readonly Sample[] {
    return this.#samples.slice(-this.#capacity).filter(({ seq }) => seq >= fromSeq && seq <= toSeq);
  }

  forget(): void {
    this.#samples = [];
  }
}
