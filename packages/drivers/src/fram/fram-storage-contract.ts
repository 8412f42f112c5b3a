import { describe, expect, it } from 'vitest';
import type { FramStorage } from './fram-storage.ts';

/** What every storage of an image does; `reopen` gives one that reads what the last one kept. */
export function framStorageContract(name: string, reopen: () => Promise<FramStorage>): void {
  describe(name, () => {
    it('is blank when it is new, and keeps what is written where it is written', async () => {
      const storage = await reopen();
      expect((await storage.read(0, 0x8000)).every((byte) => byte === 0)).toBe(true);
      const record = Uint8Array.from({ length: 48 }, (_, index) => index + 1);
      await storage.write(0x0540, record);
      await storage.write(0x7fff, Uint8Array.of(9));
      await storage.close();
      const again = await reopen();
      expect(await again.read(0x0540, 48)).toEqual(record);
      expect(await again.read(0x053f, 1)).toEqual(Uint8Array.of(0));
      expect(await again.read(0x0570, 1)).toEqual(Uint8Array.of(0));
      expect(await again.read(0x7fff, 1)).toEqual(Uint8Array.of(9));
      await again.close();
    });

    it.each([
      [0x0018, 1],
      [0x04ff, 1],
      [0x0010, 9],
      [0x04f0, 64],
      [0x0000, 0x8000],
    ])('never writes into the credentials: %i, %i bytes', async (address, length) => {
      const storage = await reopen();
      const write = async () => storage.write(address, new Uint8Array(length));
      await expect(write()).rejects.toThrow('credentials');
      await storage.close();
    });

    it('never goes on at 0 behind its end', async () => {
      const storage = await reopen();
      await expect((async () => storage.write(0x7fff, new Uint8Array(2)))()).rejects.toThrow('inside');
      await expect((async () => storage.read(0x7fff, 2))()).rejects.toThrow('inside');
      await storage.close();
    });
  });
}
