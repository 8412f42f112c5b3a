// Proves that a kept value survives a power cut at any byte of any save, and that damage is told from emptiness (P24,
// I18).
import { isPeristaError } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { DyingStorage, FailingStorage } from '../fakes/dying-storage.ts';
import { DurableCell } from './durable-cell.ts';
import { MemoryJournalStorage } from './memory-journal-storage.ts';

const cellOn = (blobs: Map<string, Uint8Array>) => new DurableCell(new MemoryJournalStorage(blobs), 'cell');

describe('DurableCell', () => {
  it('is empty before the first save, and gives back the last one', async () => {
    const blobs = new Map<string, Uint8Array>();
    const cell = cellOn(blobs);
    expect(await cell.load()).toEqual({ kind: 'empty' });
    await cell.save('one');
    await cell.save({ two: [2, 'zwei'] });
    expect(await cellOn(blobs).load()).toEqual({ kind: 'kept', payload: { two: [2, 'zwei'] } });
  });

  it('has the old or the new value, and two whole copies again, after a cut at each byte', async () => {
    const counting = new DyingStorage(new Map());
    const counted = new DurableCell(counting, 'cell');
    await counted.save('old value');
    const before = counting.bytesWritten;
    await counted.save('a newer, longer value');
    const saved = counting.bytesWritten - before;
    const found = new Set<unknown>();

    for (let byte = 0; byte < saved; byte++) {
      const blobs = new Map<string, Uint8Array>();
      const storage = new DyingStorage(blobs, before + byte);
      const cell = new DurableCell(storage, 'cell');
      await cell.save('old value');
      cell.save('a newer, longer value').catch(() => {});
      await new Promise((resolve) => setImmediate(resolve));

      const content = await cellOn(blobs).load();
      expect(content.kind).toBe('kept');
      if (content.kind === 'kept') found.add(content.payload);
      expect(blobs.get('cell.a')).toEqual(blobs.get('cell.b'));
    }
    expect(found).toEqual(new Set(['old value', 'a newer, longer value']));
  });

  it('was never kept if its very first save was cut', async () => {
    const blobs = new Map<string, Uint8Array>();
    new DurableCell(new DyingStorage(blobs, 10), 'cell').save('first').catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    expect(blobs.size).toBe(1);
    expect(await cellOn(blobs).load()).toEqual({ kind: 'empty' });
  });

  it('is damaged when neither copy can be believed, whichever bit it is', async () => {
    const sound = new Map<string, Uint8Array>();
    await cellOn(sound).save('value');
    const length = sound.get('cell.a')?.length ?? 0;
    for (let bit = 0; bit < length * 8; bit++) {
      const spoilt = new Map(Array.from(sound, ([name, bytes]) => [name, bytes.slice()]));
      for (const bytes of spoilt.values()) {
        const index = bit >> 3;
        bytes[index] = (bytes[index] ?? 0) ^ (1 << (bit & 7));
      }
      expect(await cellOn(spoilt).load()).toEqual({ kind: 'damaged' });
    }
  });

  it('keeps each save apart from the next, in order', async () => {
    const blobs = new Map<string, Uint8Array>();
    const cell = cellOn(blobs);
    await Promise.all([1, 2, 3, 4, 5].map((value) => cell.save(value)));
    expect(await cellOn(blobs).load()).toEqual({ kind: 'kept', payload: 5 });
  });

  it('says so when the medium does not hold what was written', async () => {
    class Forgetful extends MemoryJournalStorage {
      override async write(name: string, bytes: Uint8Array): Promise<void> {
        return super.write(name, bytes.subarray(1));
      }
    }
    const thrown: unknown = await new DurableCell(new Forgetful(), 'cell').save(1).catch((error: unknown) => error);
    expect(isPeristaError(thrown, 'E303')).toBe(true);
  });

  it('can be saved again after a save that failed', async () => {
    const blobs = new Map<string, Uint8Array>();
    const storage = new FailingStorage(blobs);
    const cell = new DurableCell(storage, 'cell');
    await cell.save('one');
    storage.writes = 'fail';
    await expect(cell.save('two')).rejects.toThrow();
    storage.writes = 'work';
    await cell.save('three');
    expect(await cellOn(blobs).load()).toEqual({ kind: 'kept', payload: 'three' });
  });
});
