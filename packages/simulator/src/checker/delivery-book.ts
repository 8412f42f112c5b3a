import type { Verdict } from './invariant.ts';

interface Owed {
  readonly key: string;
  /** It may be told or not. */
  isOptional: boolean;
}

/** What one sink is owed, in order: each at least once, and the same again only until the next was told. */
export class DeliveryBook {
  readonly #name: string;
  #owed: Owed[] = [];
  #last: string | null = null;

  constructor(name: string) {
    this.#name = name;
  }

  /** The first that has to be told and was not, in words, or null. */
  get missing(): string | null {
    const first = this.#owed.find(({ isOptional }) => !isOptional);
    return first === undefined ? null : `${this.#name} is owed ${first.key}`;
  }

  /** How many are owed for certain. */
  get count(): number {
    return this.#owed.filter(({ isOptional }) => !isOptional).length;
  }

  owe(key: string, isOptional = false): void {
    this.#owed.push({ key, isOptional });
  }

  isOwed(key: string): boolean {
    return this.#owed.some((owed) => owed.key === key);
  }

  /** From now on it may be told or not. */
  excuse(key?: string): void {
    for (const owed of this.#owed) if (key === undefined || owed.key === key) owed.isOptional = true;
  }

  /** It was told. What is told again has the same `token`. */
  take(key: string, token = key): Verdict {
    if (this.#last === token) return null;
    const place = this.#owed.findIndex((owed) => owed.key === key);
    if (place < 0) return `${this.#name} was told ${key}, which it is not owed`;
    const passedOver = this.#owed.slice(0, place).find(({ isOptional }) => !isOptional);
    if (passedOver !== undefined) return `${this.#name} was told ${key} before ${passedOver.key}`;
    this.#owed.splice(place, 1);
    this.#last = token;
    return null;
  }
}
