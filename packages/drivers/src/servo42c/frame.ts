import { assert } from '@perista/core';

/** Boards have addresses 0xE0..0xE9 (manual V1.1.2, part 4). */
export const FIRST_ADDRESS = 0xe0;
export const LAST_ADDRESS = 0xe9;

/** Low byte of the sum of all bytes before it (manual, part 4). */
function checksum(bytes: Iterable<number>): number {
  let sum = 0;
  for (const byte of bytes) sum += byte;
  return sum & 0xff;
}

/** `bytes` with their checksum behind. */
export function withChecksum(bytes: readonly number[]): Uint8Array {
  return Uint8Array.from([...bytes, checksum(bytes)]);
}

/** A request as it goes down the line: address, function code, data, checksum. */
export function encodeRequest(address: number, request: { opcode: number; data: readonly number[] }): Uint8Array {
  assert(address >= FIRST_ADDRESS && address <= LAST_ADDRESS, `0x${address.toString(16)} is an address of a board`);
  return withChecksum([address, request.opcode, ...request.data]);
}

/** Whether `bytes` are a whole reply of the board at `address`: address, data, checksum. There is no function code. */
export function isReply(address: number, bytes: Uint8Array): boolean {
  return bytes[0] === address && bytes.at(-1) === checksum(bytes.subarray(0, -1));
}
