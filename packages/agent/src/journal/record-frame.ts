import { crc32 } from '@perista/core';

/** A payload with the number of its writing; the higher one is the newer. */
export interface FramedRecord {
  readonly sequence: number;
  readonly payload: unknown;
}

const FORMAT = 1;
const HEADER_BYTES = 13;
const CRC_BYTES = 4;
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

/**
 * The bytes of one record, little-endian: format u8, sequence f64, payload length u32, payload as JSON in UTF-8, and
 * CRC-32 over everything before it, so that a torn or flipped record is never believed.
 */
export function encodeRecord(record: FramedRecord): Uint8Array {
  const payload = ENCODER.encode(JSON.stringify(record.payload));
  const bytes = new Uint8Array(HEADER_BYTES + payload.length + CRC_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, FORMAT);
  view.setFloat64(1, record.sequence, true);
  view.setUint32(9, payload.length, true);
  bytes.set(payload, HEADER_BYTES);
  view.setUint32(bytes.length - CRC_BYTES, crc32(bytes.subarray(0, -CRC_BYTES)), true);
  return bytes;
}

/** The record, or null if the bytes are not exactly one whole record of this format. */
export function decodeRecord(bytes: Uint8Array): FramedRecord | null {
  if (bytes.length < HEADER_BYTES + CRC_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const payloadLength = view.getUint32(9, true);
  const isWhole = bytes.length === HEADER_BYTES + payloadLength + CRC_BYTES;
  if (!isWhole || view.getUint8(0) !== FORMAT) return null;
  if (view.getUint32(bytes.length - CRC_BYTES, true) !== crc32(bytes.subarray(0, -CRC_BYTES))) return null;
  const payload: unknown = JSON.parse(DECODER.decode(bytes.subarray(HEADER_BYTES, -CRC_BYTES)));
  return { sequence: view.getFloat64(1, true), payload };
}
