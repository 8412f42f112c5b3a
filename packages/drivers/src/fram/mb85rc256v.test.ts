// Proves that the chip is addressed as its data sheet says, in one transaction for a record.
import { expect, it } from 'vitest';
import { fakeI2cBus } from '../i2c/fake-i2c-bus.ts';
import { FakeMb85rc256v } from './fake-mb85rc256v.ts';
import { framStorageContract } from './fram-storage-contract.ts';
import { mb85rc256v } from './mb85rc256v.ts';

const chip = new FakeMb85rc256v();
framStorageContract('mb85rc256v', async () => mb85rc256v(fakeI2cBus({ 80: chip }), 0x50));

it('sends the high byte of the address first, and a record as one message', async () => {
  const sent: (readonly number[])[] = [];
  const bus = fakeI2cBus({ 0x51: new FakeMb85rc256v() });
  const storage = mb85rc256v(
    {
      ...bus,
      transfer(address, bytes, readLength) {
        sent.push([address, ...bytes, readLength]);
        return bus.transfer(address, bytes, readLength);
      },
    },
    0x51,
  );
  await storage.write(0x0660, Uint8Array.of(1, 2, 3));
  await storage.read(0x7f00, 200);
  expect(sent).toEqual([
    [0x51, 0x06, 0x60, 1, 2, 3, 0],
    [0x51, 0x7f, 0x00, 128],
    [0x51, 0x7f, 0x80, 72],
  ]);
});

it.each([0x4f, 0x58, 80.5])('is not at address %d', (address) => {
  expect(() => mb85rc256v(fakeI2cBus({}), address)).toThrow(expect.objectContaining({ code: 'E307' }));
});
