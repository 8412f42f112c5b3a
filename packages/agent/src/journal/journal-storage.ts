/**
 * Small named blobs that survive a power cut. Names match `[A-Za-z0-9._-]{1,200}`.
 * A cut during `write` may leave the old bytes, the new ones or a torn mixture of that one blob; others are untouched.
 * Every method rejects with PeristaError E303 when the storage cannot be used.
 */
export interface JournalStorage {
  list(): Promise<readonly string[]>;
  /** The blob's bytes as the medium holds them, or null if there is none. */
  read(name: string): Promise<Uint8Array | null>;
  /** Resolves once the bytes are durable. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Resolves once the blob is gone for good; without effect if there is none. */
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}
