import { PeristaError } from '@perista/core';
import { FRAM_MAGIC, FRAM_VERSION } from './fram-map.ts';
import type { FramStorage } from './fram-storage.ts';
import { hex } from './sealed-record.ts';

/** At 0: u32 magic, u16 version. */
export const HEADER_BYTES = 6;

/** `blank`: never formatted, or the formatting was cut. */
export type HeaderContent =
  | { readonly kind: 'ours' | 'blank' }
  | { readonly kind: 'foreign'; readonly magic: number }
  | { readonly kind: 'unknown-version'; readonly version: number };

export function headerBytes(): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, FRAM_MAGIC, true);
  view.setUint16(4, FRAM_VERSION, true);
  return bytes;
}

export function readHeader(bytes: Uint8Array): HeaderContent {
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const magic = view.getUint32(0, true);
  const version = view.getUint16(4, true);
  if (magic === FRAM_MAGIC && version === FRAM_VERSION) return { kind: 'ours' };
  const ours = headerBytes();
  const isUnfinished = ours.every((byte, index) => [byte, 0, 0xff].includes(bytes[index] as number));
  if (isUnfinished) return { kind: 'blank' };
  return magic === FRAM_MAGIC ? { kind: 'unknown-version', version } : { kind: 'foreign', magic };
}

/** Makes a blank memory ours; records that stand there already are not touched. @throws PeristaError E308 */
export async function claimHeader(storage: FramStorage): Promise<void> {
  const header = readHeader(await storage.read(0, HEADER_BYTES));
  const misfit = headerMisfit(header);
  if (misfit !== null) throw new PeristaError('E308', misfit);
  if (header.kind === 'blank') await storage.write(0, headerBytes());
}

/** Why a memory with this header must not be used, in words. */
export function headerMisfit(header: HeaderContent): string | null {
  if (header.kind === 'foreign') {
    return `the magic of the FRAM image is ${hex(header.magic)}, not ${hex(FRAM_MAGIC)}: it belongs to another system`;
  }
  if (header.kind === 'unknown-version') {
    return `the FRAM image has version ${header.version}; this Perista knows ${FRAM_VERSION}`;
  }
  return null;
}
