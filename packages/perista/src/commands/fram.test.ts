// Proves that an image is shown as it stands, unharmed, and that a wrong, foreign or damaged one is told for what it is.
import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFramFile, openFramImage } from '@perista/drivers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { EXIT } from '../process/exit-codes.ts';
import { fram } from './fram.ts';

const SECRET = 'not for your eyes';
let folder = '';
let image = '';
let told = { out: '', err: '' };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perista-fram-'));
  image = join(folder, 'unit.bin');
  const storage = await openFramFile(image, 'keep');
  const unit = await openFramImage(storage);
  await unit.system.save({ channelCount: 6, systemEnabled: true, version: 1 });
  await unit.channels[0]?.save({
    enabled: true,
    weeklySchedule: 31,
    dailySchedule: 2,
    weeklyDosingValueMl: 217.5,
    dosingRateMlPerS: 0.33,
    lastDoseTimestamps: [Date.UTC(2026, 10, 25) / 1000, 0],
    dosesCompletedToday: 1,
    currentUtcDay: 20_782,
  });
  await unit.dailyVolumes[0]?.save({ volumeMl: 15.5, lastResetUtcDay: 20_782 });
  await unit.mark.save({ highWaterMarkS: Date.UTC(2026, 10, 25, 14) / 1000, epoch: 3 });
  await storage.close();
  await patch(image, 0x0018, SECRET);
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(() => {
  told = { out: '', err: '' };
  for (const [stream, key] of [
    [process.stdout, 'out'],
    [process.stderr, 'err'],
  ] as const) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      told[key] += String(text);
      return true;
    });
  }
});
afterEach(() => vi.restoreAllMocks());

async function patch(path: string, at: number, bytes: string | readonly number[]): Promise<void> {
  const whole = await readFile(path);
  whole.set(Buffer.from(bytes as string), at);
  await writeFile(path, whole);
}

async function copyWith(...patches: readonly (readonly [at: number, bytes: readonly number[]])[]): Promise<string> {
  const path = join(folder, 'copy.bin');
  await copyFile(image, path);
  for (const [at, bytes] of patches) await patch(path, at, bytes);
  return path;
}

const digest = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

describe('perista fram show', () => {
  it('tells a person what stands there, changes nothing and shows no credentials', async () => {
    const before = await digest(image);
    expect(await fram(['show', image])).toBe(EXIT.ok);
    expect(told.out).toContain('magic 0x50445331, version 1; credentials of another system: present, never shown');
    expect(told.out).toContain('0x0540 ChannelConfig[0]: kept, sequence 1\n');
    expect(told.out).toContain('weekly_schedule       31 (Mon Tue Wed Thu Fri)\n');
    expect(told.out).toContain('weekly_dosing_value   217.5 ml\n');
    expect(told.out).toContain('dosing_rate           0.33 ml/s\n');
    expect(told.out).toContain('last_dose_timestamp   2026-11-25T00:00:00Z, never\n');
    expect(told.out).toContain('current_utc_day       20782 (2026-11-25)\n');
    expect(told.out).toContain('0x0570 ChannelConfig[1]: empty\n\n0x05A0 ');
    expect(told.out).not.toContain(SECRET);
    expect(await digest(image)).toBe(before);
  });

  it('gives programs the same', async () => {
    expect(await fram(['show', image, '--json'])).toBe(EXIT.ok);
    expect(told.out).not.toContain(SECRET);
    const report: unknown = JSON.parse(told.out);
    expect(report).toMatchObject({
      layout: 'perista',
      magic: '0x50445331',
      version: 1,
      credentials_present: true,
      records: expect.arrayContaining([
        expect.objectContaining({
          name: 'SystemConfig',
          fields: { channel_count: 6, system_enabled: true, version: 1 },
        }),
        expect.objectContaining({ name: 'DailyVolume[5]', address: 0x06b0, state: 'empty', fields: null }),
      ]),
    });
  });

  it('believes the copy that is whole, and tells what is wrong with the other', async () => {
    expect(await fram(['show', await copyWith([0x0542, [1]])])).toBe(EXIT.ok);
    expect(told.out).toMatch(/ChannelConfig\[0]: kept, sequence 1\n {2}copy 1: CRC is 0x[0-9A-F]{8}, its bytes give/);
    expect(told.out).toContain('217.5 ml');
  });

  it('names a record that is damaged in both copies, and shows the others', async () => {
    expect(await fram(['show', await copyWith([0x0542, [1]], [0x0742, [1]])])).toBe(EXIT.failed);
    expect(told.err).toBe('perista: damaged in both copies: ChannelConfig[0]\n');
    expect(told.out).toContain('ChannelConfig[0]: damaged');
    expect(told.out).toContain('15.5 ml');
    expect(told.out).not.toContain('217.5');
  });

  it('refuses another magic or version, and what is blank', async () => {
    expect(await fram(['show', await copyWith([0, [0x32]])])).toBe(EXIT.failed);
    expect(told.err).toContain('the magic of the FRAM image is 0x50445332, not 0x50445331');
    expect(told.err).toContain('(E308)');
    expect(await fram(['show', await copyWith([4, [9]])])).toBe(EXIT.failed);
    expect(told.err).toContain('the FRAM image has version 9; this Perista knows 1');
    expect(await fram(['show', await copyWith([0, [0, 0, 0, 0, 0, 0]])])).toBe(EXIT.failed);
    expect(told.err).toContain('is blank');
  });

  it('shows the image of a unit with an ESP32 as it lies', async () => {
    const path = await copyWith([0, [0x44]], [0x0570, [42, 1, 70, 0]], [0x0740, [0xaa]]);
    expect(await fram(['show', path, '--layout', 'esp32', '--json'])).toBe(EXIT.ok);
    const { magic, records } = JSON.parse(told.out) as { magic: string; records: unknown[] };
    expect(magic).toBe('0x50445344');
    expect(records).toHaveLength(13);
    expect(records[2]).toMatchObject({
      name: 'ChannelConfig[1]',
      state: 'unproven',
      fields: { weekly_schedule: 42, daily_schedule: 1, weekly_dosing_value: 70 },
    });
  });

  it('refuses what is no image by size, and what is not there', async () => {
    const path = join(folder, 'diary.txt');
    await writeFile(path, 'Dear diary');
    expect(await fram(['show', path])).toBe(EXIT.failed);
    expect(told.err).toContain('has 10 bytes; an FRAM image has 32768 (E308)');
    expect(await fram(['show', join(folder, 'absent')])).toBe(EXIT.failed);
    expect(told.err).toContain('ENOENT');
    expect(await fram(['show', '/dev/null', '--chip', '0x50'])).toBe(EXIT.failed);
    expect(told.err).toContain('/dev/null is not an I2C bus');
  });

  it.each([
    [[], 'fram needs a verb: show or import'],
    [['erase', 'x'], 'fram cannot "erase"; it can show and import'],
    [['show'], 'fram show takes one FILE, not 0'],
    [['show', 'a', 'b'], 'fram show takes one FILE, not 2'],
    [['show', 'a', '--layout', 'avr'], '--layout must be perista or esp32, not "avr"'],
    [['show', 'a', '--chip', '0x60'], '--chip must be from 0x50 to 0x57, not "0x60"'],
    [['show', 'a', '--color'], "Unknown option '--color'"],
  ])('%j is a wrong command', async (args, words) => {
    expect(await fram(args)).toBe(EXIT.wrongSettings);
    expect(told.err).toContain(words);
  });
});
