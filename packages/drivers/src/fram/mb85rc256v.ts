import { PeristaError } from '@perista/core';
import type { I2cBus } from '../i2c/i2c-bus.ts';
import { assertReadable, assertWritable, type FramStorage } from './fram-storage.ts';

/** Bytes of one reading; a longer one would keep the bus, and this thread, for longer than a record does. */
const READ_BYTES = 128;

/**
 * The chip MB85RC256V: memory address in two bytes, high one first, then data without pages or waiting (Fujitsu
 * DS501-00017). `address` on the bus is 0x50 to 0x57. A record is one transaction; closing leaves the bus open.
 */
export function mb85rc256v(bus: I2cBus, address: number): FramStorage {
  if (!Number.isInteger(address) || address < 0x50 || address > 0x57) {
    throw new PeristaError('E307', `FRAM address must be from 0x50 to 0x57, not ${address}`);
  }
  const pointer = (at: number) => [at >> 8, at & 0xff];
  return {
    async read(at, length) {
      assertReadable(at, length);
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length; done += READ_BYTES) {
        const piece = Math.min(READ_BYTES, length - done);
        bytes.set(await bus.transfer(address, Uint8Array.from(pointer(at + done)), piece), done);
      }
      return bytes;
    },
    async write(at, bytes) {
      assertWritable(at, bytes.length);
      await bus.transfer(address, Uint8Array.from([...pointer(at), ...bytes]), 0);
    },
    close: async () => {},
  };
}
