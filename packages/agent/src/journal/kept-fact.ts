import type { Log } from '@perista/core';
import { DurableCell } from './durable-cell.ts';
import type { JournalStorage } from './journal-storage.ts';

/** One fact about the unit, in memory and in the journal. */
export class KeptFact<T> {
  readonly #cell: DurableCell;
  #value: T;
  /** Both copies were unreadable at start and nothing was saved since. */
  #isDamaged: boolean;

  private constructor(cell: DurableCell, value: T, isDamaged: boolean) {
    this.#cell = cell;
    this.#value = value;
    this.#isDamaged = isDamaged;
  }

  static async load<T>(
    storage: JournalStorage,
    log: Log,
    name: string,
    values: { readonly initial: T; readonly ifDamaged: T },
  ): Promise<KeptFact<T>> {
    const cell = new DurableCell(storage, name);
    const content = await cell.load();
    if (content.kind === 'damaged') {
      log.error({ record: name, code: 'E302' }, 'both copies of a journal record are damaged');
      return new KeptFact(cell, values.ifDamaged, true);
    }
    return new KeptFact(cell, content.kind === 'kept' ? (content.payload as T) : values.initial, false);
  }

  get value(): T {
    return this.#value;
  }

  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  /** Makes `value` durable; it stands from then on. @throws PeristaError E303, and the old value stands */
  async save(value: T): Promise<void> {
    await this.#cell.save(value);
    this.#value = value;
    this.#isDamaged = false;
  }
}
