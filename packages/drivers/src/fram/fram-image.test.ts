// Proves that a power cut between any two bytes leaves the old or the new record, and the credentials as they were.
import { isPeristaError } from '@perista/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeI2cBus } from '../i2c/fake-i2c-bus.ts';
import { FakeMb85rc256v } from './fake-mb85rc256v.ts';
import type { FramCell } from './fram-cell.ts';
import { openFramImage } from './fram-image.ts';
import { CREDENTIALS, FRAM_MAP } from './fram-map.ts';
import { mb85rc256v } from './mb85rc256v.ts';
import { seal } from './sealed-record.ts';

const FRAM = 0x50;
const CUTS = 10_000;
const KEYS = [
  'system',
  'mark',
  ...'012345'.split('').map((n) => `channel${n}`),
  ...'012345'.split('').map((n) => `volume${n}`),
];

const open = (chip: FakeMb85rc256v) => openFramImage(mb85rc256v(fakeI2cBus({ [FRAM]: chip }), FRAM));

const channel = (weeklyDosingValueMl: number) => ({
  enabled: true,
  weeklySchedule: 127,
  dailySchedule: 2,
  weeklyDosingValueMl,
  dosingRateMlPerS: 0.33,
  lastDoseTimestamps: [0, 0] as const,
  dosesCompletedToday: 0,
  currentUtcDay: 20782,
});

/** A chip that another system keeps its secrets on. */
function sharedChip(): FakeMb85rc256v {
  const chip = new FakeMb85rc256v();
  for (let at: number = CREDENTIALS.from; at < CREDENTIALS.to; at++) chip.memory[at] = (at * 37 + 11) & 0xff;
  return chip;
}

const secretsOf = (chip: FakeMb85rc256v) => chip.memory.slice(CREDENTIALS.from, CREDENTIALS.to);

describe('an FRAM image', () => {
  it(`keeps the old or the new through ${CUTS} cuts`, { timeout: 60_000 }, async () => {
    const chip = sharedChip();
    const secrets = secretsOf(chip);
    const last = new Map<string, number>();
    const seen = { old: 0, new: 0 };
    const way = fc.record({ key: fc.constantFrom(...KEYS), cut: fc.nat(), cutAgain: fc.nat() });
    for (const [at, { key, cut, cutAgain }] of fc.sample(way, { numRuns: CUTS, seed: 5 }).entries()) {
      const value = at + 1;
      const kept = numbered(await open(chip))[key] as Numbered;
      await kept.load();
      chip.supplyBytes = cut % (2 * kept.bytes);
      await expect(kept.save(value)).rejects.toMatchObject({ code: 'E307' });
      chip.supplyBytes = cutAgain % (2 * kept.bytes);
      await kept.load().catch((error: unknown) => expect(isPeristaError(error, 'E307')).toBe(true));
      chip.supplyBytes = Number.POSITIVE_INFINITY;

      const found = await (numbered(await open(chip))[key] as Numbered).load();
      expect([last.get(key), value]).toContain(found);
      seen[found === value ? 'new' : 'old']++;
      if (found !== undefined) last.set(key, found);
    }
    for (const [key, kept] of Object.entries(numbered(await open(chip)))) expect(await kept.load()).toBe(last.get(key));
    expect(secretsOf(chip)).toEqual(secrets);
    expect(Math.min(seen.old, seen.new)).toBeGreaterThan(CUTS / 4);
  });

  it('repairs the copy that a cut tore, so that the next cut finds two', async () => {
    const chip = new FakeMb85rc256v();
    const cell = (await open(chip)).channels[2];
    await cell?.save(channel(100));
    chip.supplyBytes = 60;
    await expect(cell?.save(channel(200))).rejects.toMatchObject({ code: 'E307' });
    chip.supplyBytes = Number.POSITIVE_INFINITY;
    expect(await (await open(chip)).channels[2]?.load()).toMatchObject({ kind: 'kept', value: channel(200) });
    const { address } = FRAM_MAP.channels[2] as { address: number };
    expect(chip.memory.slice(address, address + 48)).toEqual(chip.memory.slice(address + 0x200, address + 0x230));
  });

  it('tells a record of which no copy can be believed, and never gives a default', async () => {
    const chip = new FakeMb85rc256v();
    await (await open(chip)).channels[0]?.save(channel(100));
    chip.memory.fill(0x55, 0x0540, 0x0544);
    chip.memory.fill(0x55, 0x0740, 0x0744);
    const image = await open(chip);
    expect(await image.channels[0]?.load()).toMatchObject({ kind: 'damaged' });
    expect(await image.channels[1]?.load()).toEqual({ kind: 'empty' });
  });

  it('does not touch the memory of another system or of a newer version', async () => {
    const chip = new FakeMb85rc256v();
    chip.memory.set([0x32, 0x53, 0x4f, 0x44, 1, 0]);
    const before = chip.memory.slice();
    await expect(open(chip)).rejects.toMatchObject({ code: 'E308', message: expect.stringContaining('0x444F5332') });
    expect(chip.memory).toEqual(before);
    chip.memory.set([0x31, 0x53, 0x44, 0x50, 2, 0]);
    await expect(open(chip)).rejects.toMatchObject({ code: 'E308', message: expect.stringContaining('version 2') });
  });

  it('is formatted again after a cut in its header', async () => {
    for (let cut = 0; cut < 6; cut++) {
      const chip = new FakeMb85rc256v();
      chip.supplyBytes = cut;
      await expect(open(chip)).rejects.toMatchObject({ code: 'E307' });
      chip.supplyBytes = Number.POSITIVE_INFINITY;
      await open(chip);
      expect([...chip.memory.subarray(0, 8)]).toEqual([0x31, 0x53, 0x44, 0x50, 1, 0, 0, 0]);
    }
  });

  it('goes on counting across the end of its sequence', async () => {
    const chip = new FakeMb85rc256v();
    const { mark } = await open(chip);
    await mark.save({ highWaterMarkS: 1, epoch: 1 });
    const view = new DataView(chip.memory.buffer);
    for (const at of [0x06c0, 0x08c0])
      chip.memory.set(seal(FRAM_MAP.mark.codec, { highWaterMarkS: 2, epoch: 1 }, 0xffffffff), at);
    const again = (await open(chip)).mark;
    await again.load();
    chip.supplyBytes = 32;
    await expect(again.save({ highWaterMarkS: 3, epoch: 1 })).rejects.toMatchObject({ code: 'E307' });
    chip.supplyBytes = Number.POSITIVE_INFINITY;
    expect(await (await open(chip)).mark.load()).toMatchObject({ value: { highWaterMarkS: 3 }, sequence: 0 });
    expect(view.getUint32(0x06c0 + 24, true)).toBe(0);
  });
});

interface Numbered {
  readonly bytes: number;
  save(value: number): Promise<void>;
  /** Undefined if nothing was kept yet. */
  load(): Promise<number | undefined>;
}

/** All records of an image, each as something that keeps one number. */
function numbered(image: Awaited<ReturnType<typeof open>>): Record<string, Numbered> {
  const one = <T>(
    cell: FramCell<T>,
    bytes: number,
    valueFrom: (number: number) => T,
    numberOf: (value: T) => number,
  ) => ({
    bytes,
    save: (value: number) => cell.save(valueFrom(value)),
    async load() {
      const content = await cell.load();
      expect(content.kind).not.toBe('damaged');
      return content.kind === 'kept' ? numberOf(content.value) : undefined;
    },
  });
  return Object.fromEntries([
    [
      'system',
      one(
        image.system,
        64,
        (version) => ({ channelCount: 6, systemEnabled: true, version }),
        (v) => v.version,
      ),
    ],
    [
      'mark',
      one(
        image.mark,
        32,
        (highWaterMarkS) => ({ highWaterMarkS, epoch: 1 }),
        (v) => v.highWaterMarkS,
      ),
    ],
    ...image.channels.map((cell, index) => [KEYS[2 + index], one(cell, 48, channel, (v) => v.weeklyDosingValueMl)]),
    ...image.dailyVolumes.map((cell, index) => [
      KEYS[8 + index],
      one(
        cell,
        16,
        (volumeMl) => ({ volumeMl, lastResetUtcDay: 1 }),
        (v) => v.volumeMl,
      ),
    ]),
  ]);
}
