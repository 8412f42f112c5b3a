const KEPT_REPLIES = 512;

/**
 * Replies by request id, so that a request which arrives twice is answered twice and carried out once. Bounded: the
 * oldest replies go first, requests still being carried out stay.
 */
export class ReplyCache {
  readonly #replies = new Map<string, Promise<Uint8Array>>();
  readonly #settled = new Set<string>();

  /** The reply to `request`; `answer` makes it the first time. */
  once(request: string, answer: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const known = this.#replies.get(request);
    if (known !== undefined) return known;
    const reply = answer().finally(() => {
      this.#settled.add(request);
      this.#dropOldest();
    });
    this.#replies.set(request, reply);
    return reply;
  }

  #dropOldest(): void {
    for (const request of this.#settled) {
      if (this.#settled.size <= KEPT_REPLIES) return;
      this.#settled.delete(request);
      this.#replies.delete(request);
    }
  }
}
