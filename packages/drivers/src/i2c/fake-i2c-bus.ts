import { PeristaError } from '@perista/core';
import type { I2cBus } from './i2c-bus.ts';

/** A chip, byte by byte as the bus hands them over. */
export interface FakeI2cDevice {
  /** START with the address and the direction "write". */
  start(): void;
  /** False: no acknowledge. */
  take(byte: number): boolean;
  give(): number;
}

/** A bus with chips at their addresses; an address without one is not acknowledged. */
export function fakeI2cBus(devices: Readonly<Record<number, FakeI2cDevice>>): I2cBus {
  return {
    async transfer(address, bytes, readLength) {
      const device = devices[address];
      if (device === undefined) throw new PeristaError('E307', `Device 0x${address.toString(16)} does not answer`);
      const answer = transact(device, bytes, readLength);
      if (answer === null) throw new PeristaError('E307', `Device 0x${address.toString(16)} lost its supply`);
      return answer;
    },
    close: async () => {},
  };
}

/** One transaction as {@link I2cBus.transfer} has it; null if the chip does not acknowledge a byte. */
export function transact(device: FakeI2cDevice, bytes: Uint8Array, readLength: number): Uint8Array | null {
  device.start();
  for (const byte of bytes) if (!device.take(byte)) return null;
  return Uint8Array.from({ length: readLength }, () => device.give());
}
