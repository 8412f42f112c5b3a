import { type FoundRecord, type FramSlot, type RecordContent, seal, unseal } from '@perista/drivers';

/** One record of an image that is open. */
export interface RecordCell<T> {
  load(): Promise<RecordContent<T>>;
  save(value: T): Promise<void>;
}

/** What a record holds. `damaged`: something was kept here, and no copy of it can be believed. */
export type Held<T> =
  | { readonly kind: 'empty' }
  | { readonly kind: 'kept'; readonly value: T }
  | { readonly kind: 'damaged'; readonly reason: string };

/** A record with what it is known to hold, so that what would not change is not written. */
export class ImageRecord<T> {
  readonly #cell: RecordCell<T>;
  readonly #codec: FramSlot<T>['codec'];
  readonly name: FoundRecord<T>['name'];
  #held: Held<T> = { kind: 'empty' };

  constructor({ name, codec }: FramSlot<T>, cell: RecordCell<T>) {
    this.name = name;
    this.#codec = codec;
    this.#cell = cell;
  }

  get held(): Held<T> {
    return this.#held;
  }

  async load(): Promise<void> {
    this.#held = await this.#cell.load();
  }

  /** @throws PeristaError E307, E308; then the record is to be loaded again */
  async save(value: T): Promise<void> {
    const bytes = seal(this.#codec, value, 0);
    if (this.#held.kind === 'kept' && isSame(bytes, seal(this.#codec, this.#held.value, 0))) return;
    await this.#cell.save(value);
    // As a reader would find it: a rate is kept as f32.
    const read = unseal(this.#codec, bytes);
    this.#held = { kind: 'kept', value: read.kind === 'good' ? read.value : value };
  }
}

const isSame = (one: Uint8Array, other: Uint8Array) => one.every((byte, index) => byte === other[index]);
