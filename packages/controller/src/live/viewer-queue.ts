import { type NumberedDelta, numbered, type Parcel } from './delta.ts';

/** What one viewer may have waiting; beyond it the viewer is too slow. */
const MAX_WAITING_BYTES = 1_000_000;
/** Handed to the connection at a time, so that what lies in its buffers is bounded, too. */
const MAX_TAKEN_BYTES = 250_000;

/**
 * What waits for one viewer: of values the latest only, of everything else all and in order. A queue that ran over is
 * emptied and stays so: its viewer has missed something and must begin anew.
 */
export class ViewerQueue {
  readonly #latest = new Map<string, Parcel>();
  #reliable: Parcel[] = [];
  #waitingBytes = 0;
  #hasRunOver = false;
  #seq = 0;

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get isEmpty(): boolean {
    return this.#reliable.length === 0 && this.#latest.size === 0;
  }

  get hasRunOver(): boolean {
    return this.#hasRunOver;
  }

  put(parcel: Parcel): void {
    if (this.#hasRunOver) return;
    if (parcel.key !== null) this.forget(parcel.key);
    if (this.#waitingBytes + parcel.bytes > MAX_WAITING_BYTES) {
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
    return ++this.#seq;
  }

  /** The next to be sent. Values come after all that led to them, so they are never older than what was told before. */
  take(): NumberedDelta[] {
    const parcels: Parcel[] = [];
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
    return parcels.map(({ delta }) => numbered(delta, ++this.#seq));
  }

  #clear(): void {
    this.#reliable = [];
    this.#latest.clear();
    this.#waitingBytes = 0;
  }
}
