import { assert } from '@perista/core';
import { CREDENTIALS, FRAM_BYTES } from './fram-map.ts';

/**
 * 32,768 bytes that survive a power cut. A cut during `write` may leave any of its bytes old and any new; all others
 * are untouched. Methods reject with E307 (chip) or E308 (file) when the bytes cannot be had.
 */
export interface FramStorage {
  read(address: number, length: number): Promise<Uint8Array>;
  /** Resolves once the bytes are durable. A write into the credentials or over the end is our bug: assertion. */
  write(address: number, bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** The chip would go on at 0 behind its end, over the header. */
export function assertReadable(address: number, length: number): void {
  assert(
    Number.isInteger(address) && address >= 0 && length >= 0 && address + length <= FRAM_BYTES,
    'FRAM is read inside',
  );
}

export function assertWritable(address: number, length: number): void {
  assertReadable(address, length);
  assert(address + length <= CREDENTIALS.from || address >= CREDENTIALS.to, 'credentials are never written');
}
