/** A transaction on its way through a byte pipe. */
export interface PipedTransfer {
  /** 7 bits. */
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly readLength: number;
}

/** Address u8, bytes to read u16, bytes to write u16, little-endian; then the bytes. */
const HEADER_BYTES = 5;

/** First byte of an answer: what was read follows, or the device did not acknowledge and nothing follows. */
export const TRANSFER_DONE = 0;
export const NOT_ACKNOWLEDGED = 1;

export function encodeTransfer({ address, bytes, readLength }: PipedTransfer): Uint8Array {
  const request = new Uint8Array(HEADER_BYTES + bytes.length);
  const view = new DataView(request.buffer);
  view.setUint8(0, address);
  view.setUint16(1, readLength, true);
  view.setUint16(3, bytes.length, true);
  request.set(bytes, HEADER_BYTES);
  return request;
}

/** The first transaction in `stream` and how many bytes it took; null while it is not all there. */
export function decodeTransfer(
  stream: Uint8Array,
): { readonly transfer: PipedTransfer; readonly length: number } | null {
  if (stream.length < HEADER_BYTES) return null;
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const length = HEADER_BYTES + view.getUint16(3, true);
  if (stream.length < length) return null;
  const bytes = stream.slice(HEADER_BYTES, length);
  return { transfer: { address: view.getUint8(0), readLength: view.getUint16(1, true), bytes }, length };
}
