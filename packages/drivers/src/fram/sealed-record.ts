import { assert, crc32 } from '@perista/core';
import type { RecordCodec } from './record-codec.ts';

/** One copy of a record as it lies in memory. `blank`: never written. */
export type Copy<T> =
  | { readonly kind: 'blank' }
  | { readonly kind: 'good'; readonly sequence: number; readonly value: T }
  | { readonly kind: 'bad'; readonly reason: string; readonly value: T };

const CRC_BYTES = 4;

/** The record's bytes with sequence and CRC. A value that does not fit is our bug: assertion. */
export function seal<T>(codec: RecordCodec<T>, value: T, sequence: number): Uint8Array {
  const misfit = codec.misfit(value);
  assert(misfit === null, `what is kept fits its record: ${misfit}`);
  return frame(codec, value, sequence);
}

function frame<T>(codec: RecordCodec<T>, value: T, sequence: number): Uint8Array {
  const bytes = new Uint8Array(codec.bytes);
  const view = new DataView(bytes.buffer);
  codec.encode(value, view);
  view.setUint32(codec.sequenceAt, sequence, true);
  view.setUint32(codec.bytes - CRC_BYTES, crc32(bytes.subarray(0, -CRC_BYTES)), true);
  return bytes;
}

/** What a copy holds; one whose CRC or fields do not fit is bad, whatever it seems to say. */
export function unseal<T>(codec: RecordCodec<T>, bytes: Uint8Array): Copy<T> {
  assert(bytes.length === codec.bytes, 'a record is read whole');
  if (isBlank(bytes)) return { kind: 'blank' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const value = codec.decode(view);
  const stored = view.getUint32(codec.bytes - CRC_BYTES, true);
  const computed = crc32(bytes.subarray(0, -CRC_BYTES));
  if (stored !== computed)
    return { kind: 'bad', reason: `CRC is ${hex(stored)}, its bytes give ${hex(computed)}`, value };
  const misfit = codec.misfit(value);
  if (misfit !== null) return { kind: 'bad', reason: misfit, value };
  const sequence = view.getUint32(codec.sequenceAt, true);
  const again = frame(codec, value, sequence);
  const strange = bytes.findIndex((byte, index) => byte !== again[index]);
  if (strange >= 0) return { kind: 'bad', reason: `byte ${strange} is ${bytes[strange]}, which has no meaning`, value };
  return { kind: 'good', sequence, value };
}

/** As the chip leaves the factory, or as an erased file. */
export const isBlank = (bytes: Uint8Array) => bytes.every((byte) => byte === 0) || bytes.every((byte) => byte === 0xff);

export const hex = (word: number) => `0x${word.toString(16).toUpperCase().padStart(8, '0')}`;
