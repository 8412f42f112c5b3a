import type { Delta, Parcel, Tellable } from './delta.ts';

/** What one viewer may have waiting; beyond it the viewer is too slow. */
const MAX_WAITING_BYTES = 1_000_000;
/** Handed to the connection at a time, so that what lies in its buffers is bounded, too. */
export const MAX_TAKEN_BYTES = 250_000;

/**
 * What waits for one viewer: of values the latest only, of everything else all and in order. A queue that ran over is
 * emptied and stays so until it is restarted: its viewer has missed something and must begin anew.
 */
export class ViewerQueue<Told extends Tellable = Delta> {
  readonly #maxBytes: number;
  readonly #latest = new Map<string, Parcel<Told>>();
  #reliable: Parcel<Told>[] = [];
  #waitingBytes = 0;
  #hasRunOver = false;
  #seq = 0;

  constructor(maxBytes = MAX_WAITING_BYTES) {
    this.#maxBytes = maxBytes;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get isEmpty(): boolean {
    return this.#reliable.length === 0 && this.#latest.size === 0;
  }

  get hasRunOver(): boolean {
    return this.#hasRunOver;
  }

  put(parcel: Parcel<Told>): void {
    if (this.#hasRunOver) return;
    if (parcel.key !== null) this.forget(parcel.key);
    if (this.#waitingBytes + parcel.bytes > this.#maxBytes) {
      this.#clear();
      this.#hasRunOver = true;
      return;
    }
    this.#waitingBytes += parcel.bytes;
    if (parcel.key === null) this.#reliable.push(parcel);
    else this.#latest.set(parcel.key, parcel);
  }

  /** The value under `key` means nothing any more. */
  forget(key: string): void {
    this.#waitingBytes -= this.#latest.get(key)?.bytes ?? 0;
    this.#latest.delete(key);
  }

  /** A snapshot has all that waits; its number. */
  restart(): number {
    this.#clear();
    this.#hasRunOver = false;
    return ++this.#seq;
  }

  /** The number of something that is sent beside what waits. */
  count(): number {
    return ++this.#seq;
  }

  /** The next to be sent. Values come after all that led to them, so they are never older than what was told before. */
  take(): { readonly delta: Told; readonly seq: number }[] {
    const parcels: Parcel<Told>[] = [];
    let bytes = 0;
    for (const parcel of this.#reliable) {
      if (bytes > 0 && bytes + parcel.bytes > MAX_TAKEN_BYTES) break;
      bytes += parcel.bytes;
      parcels.push(parcel);
    }
    this.#reliable = this.#reliable.slice(parcels.length);
    if (this.#reliable.length === 0) {
      for (const parcel of this.#latest.values()) {
        bytes += parcel.bytes;
        parcels.push(parcel);
      }
      this.#latest.clear();
    }
    this.#waitingBytes -= bytes;
    return parcels.map(({ delta }) => ({ delta, seq: ++this.#seq }));
  }

  #clear(): void {
    this.#reliable = [];
    this.#latest.clear();
    this.#waitingBytes = 0;
  }
}
