/**
 * What is on its way into a socket that takes one thing at a time. What the socket refuses is dropped, and past `limit`
 * nothing is taken: a link that does not read must look dead, not fill memory.
 */
export class SendQueue<Item> {
  readonly #put: (item: Item) => Promise<void>;
  readonly #limit: number;
  readonly #onDropped: (reason: unknown) => void;
  readonly #waiting: Item[] = [];
  #isSending = false;
  #drained: Promise<void> = Promise.resolve();

  constructor(limit: number, put: (item: Item) => Promise<void>, onDropped: (reason: unknown) => void) {
    this.#limit = limit;
    this.#put = put;
    this.#onDropped = onDropped;
  }

  /** Hands `item` over without waiting; false when too much waits already. */
  push(item: Item): boolean {
    if (this.#waiting.length >= this.#limit) return false;
    this.#waiting.push(item);
    if (!this.#isSending) this.#drained = this.#sendWaiting();
    return true;
  }

  /** Resolves when what was pushed by now was put or dropped. */
  drained(): Promise<void> {
    return this.#drained;
  }

  async #sendWaiting(): Promise<void> {
    this.#isSending = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      try {
        await this.#put(next);
      } catch (reason) {
        this.#onDropped(reason);
      }
    }
    this.#isSending = false;
  }
}
