// Proves that an image is imported into a stopped unit whole or not at all, that what cannot be believed is refused by name, and
// that the unit is told to take it over.
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { markImageImported, NodeSqliteStore } from '@perista/controller';
import { type ChannelConfig, openFramFile, openFramImage } from '@perista/drivers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { fram } from '../commands/fram.ts';
import { EXIT } from '../process/exit-codes.ts';
import { tryLock } from '../process/folder-lock.ts';

const PLAN: ChannelConfig = {
  enabled: true,
  weeklySchedule: 31,
  dailySchedule: 2,
  weeklyDosingValueMl: 140,
  dosingRateMlPerS: 0.33,
  lastDoseTimestamps: [1_764_028_800, 0],
  dosesCompletedToday: 1,
  currentUtcDay: 20_417,
};
const OLD = { ...PLAN, weeklyDosingValueMl: 70 };

let folder = '';
let source = '';
let unit = '';
let told = { out: '', err: '' };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perista-fram-import-'));
  source = join(folder, 'source.bin');
  await fill(source, { 1: PLAN, 3: { ...PLAN, weeklySchedule: 64 } });
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  unit = await mkdtemp(join(folder, 'unit-'));
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

const ownImage = () => join(unit, 'fram.bin');
const importInto = (...args: string[]) => fram(['import', ...args, '--data-dir', unit]);

async function fill(path: string, channels: Record<number, ChannelConfig>): Promise<void> {
  const storage = await openFramFile(path, 'keep');
  const image = await openFramImage(storage);
  for (const [channel, config] of Object.entries(channels)) {
    const cell = image.channels[Number(channel) - 1];
    await cell?.load();
    await cell?.save(config);
  }
  await image.system.save({ channelCount: 6, systemEnabled: true, version: 1 });
  await storage.close();
}

async function keptIn(path: string) {
  const storage = await openFramFile(path, 'look');
  const image = await openFramImage(storage);
  const contents = [];
  for (const cell of [image.system, ...image.channels]) {
    const content = await cell.load();
    contents.push(content.kind === 'kept' ? content.value : null);
  }
  await storage.close();
  return contents;
}

async function spoiled(...patches: readonly (readonly [at: number, bytes: readonly number[]])[]): Promise<string> {
  const path = join(unit, 'spoiled.bin');
  await copyFile(source, path);
  const bytes = await readFile(path);
  for (const [at, values] of patches) bytes.set(values, at);
  await writeFile(path, bytes);
  return path;
}

function ownership(): unknown {
  const store = new NodeSqliteStore(join(unit, 'perista.sqlite'));
  const row = store.get<{ value: string }>(`SELECT value FROM facts WHERE name = 'unit_image'`);
  store.close();
  return row?.value;
}

describe('perista fram import', () => {
  it('gives a unit that never ran the plans of an image, with automatic dosing off', async () => {
    expect(await importInto(source)).toBe(EXIT.ok);
    expect(told.out).toContain('imported channel 1, 3. The next start takes over; nothing is dosed by plan before');
    const [system, first, second, third] = await keptIn(ownImage());
    expect(system).toEqual({ channelCount: 6, systemEnabled: false, version: 1 });
    expect([first, second, third]).toEqual([PLAN, null, { ...PLAN, weeklySchedule: 64 }]);
  });

  it('replaces the plans of a unit, keeps its other channels, and has its database take over', async () => {
    await fill(ownImage(), { 1: OLD, 2: OLD });
    const store = new NodeSqliteStore(join(unit, 'perista.sqlite'));
    markImageImported(store, 0);
    store.run(`UPDATE facts SET value = '"ours"'`);
    store.close();
    expect(await importInto(source)).toBe(EXIT.ok);
    expect((await keptIn(ownImage())).slice(1, 4)).toEqual([PLAN, OLD, { ...PLAN, weeklySchedule: 64 }]);
    expect(ownership()).toBe('"imported"');
  });

  it.each([
    [
      'one damaged in both copies',
      [
        [0x0542, [1]],
        [0x0742, [1]],
      ],
      'is damaged in both copies of ChannelConfig[0] (CRC is 0x',
    ],
    ['another magic', [[0, [0x32]]], 'the magic of the FRAM image is 0x50445332'],
    ['another version', [[4, [9]]], 'has version 9; this Perista knows 1'],
    ['a blank one', [[0, Array.from({ length: 0x8000 }, () => 0)]], 'is blank'],
    [
      'one without channels',
      [[0x0540, Array.from({ length: 0x03c0 }, () => 0)]],
      'holds no configuration of a channel',
    ],
  ] as const)('refuses %s, and changes nothing', async (_, patches, words) => {
    await fill(ownImage(), { 1: OLD });
    const before = await readFile(ownImage());
    expect(await importInto(await spoiled(...patches))).toBe(EXIT.failed);
    expect(told.err).toContain(words);
    expect(told.err).toContain('(E308)');
    expect(await readFile(ownImage())).toEqual(before);
  });

  it('refuses what is no image by its size, what is not there, and a unit whose own image is not its own', async () => {
    const diary = join(unit, 'diary.txt');
    await writeFile(diary, 'Dear diary');
    expect(await importInto(diary)).toBe(EXIT.failed);
    expect(told.err).toContain('has 10 bytes; an FRAM image has 32768 (E308)');
    expect(await importInto(join(unit, 'absent'))).toBe(EXIT.failed);
    expect(told.err).toContain('ENOENT');
    await copyFile(await spoiled([0, [0x32]]), ownImage());
    expect(await importInto(source)).toBe(EXIT.failed);
    expect(told.err).toContain('it belongs to another system (E308)');
  });

  it.each(['perista.lock', 'agent.lock', 'controller.lock'])('refuses while a process holds %s', async (name) => {
    await mkdir(unit, { recursive: true });
    const lock = tryLock(join(unit, name));
    expect(await importInto(source)).toBe(EXIT.failed);
    expect(told.err).toMatch(new RegExp(`${name} is held by another Perista .*\\(E304\\)`));
    await expect(readFile(ownImage())).rejects.toThrow('ENOENT');
    lock?.release();
    expect(await importInto(source)).toBe(EXIT.ok);
  });

  it('shows what an ESP32 kept, whatever its checksums say, and imports it disabled once that is wanted', async () => {
    const esp32 = await spoiled([0, [0x44, 0x33, 0x22, 0x11]], [0x0570, [42, 1, 70, 0]], [0x0740, [0xaa]]);
    expect(await importInto(esp32)).toBe(EXIT.failed);
    expect(told.err).toContain('the magic of the FRAM image is 0x11223344');
    expect(await importInto(esp32, '--layout', 'esp32')).toBe(EXIT.failed);
    expect(told.out).toContain('ChannelConfig[1]: unproven');
    expect(told.err).toContain('nothing was imported');
    await expect(readFile(ownImage())).rejects.toThrow('ENOENT');
    expect(await importInto(esp32, '--layout=esp32', '--yes')).toBe(EXIT.ok);
    expect(told.out).toContain('imported channel 1, 2, 3, disabled.');
    const [, first, second] = await keptIn(ownImage());
    expect(first).toEqual({ ...PLAN, enabled: false });
    expect(second).toMatchObject({ enabled: false, weeklySchedule: 42, dailySchedule: 1, weeklyDosingValueMl: 70 });
    expect(await importInto(await spoiled([0x0540, [200]]), '--layout', 'esp32', '--yes')).toBe(EXIT.failed);
    expect(told.err).toContain(
      'ChannelConfig[0]: weekly_schedule must be a whole number from 0 to 127, not 200 (E308)',
    );
  });

  it.each([
    [[], 'fram import takes FILE first'],
    [['--yes', 'x'], 'fram import takes FILE first'],
    [['x', '--layout', 'avr'], '--layout must be perista or esp32, not "avr"'],
    [['x', '--color', 'red'], '--color is not an option'],
  ])('%j is a wrong command', async (args, words) => {
    expect(await fram(['import', ...args])).toBe(EXIT.wrongSettings);
    expect(told.err).toContain(words);
  });

  it('needs a unit that has relays', async () => {
    await writeFile(
      join(unit, 'perista.yaml'),
      'hardware:\n  kind: real\n  lines: [{ id: a, path: /dev/ttyS0 }]\n  pumps:\n    - { id: p, line: a, address: 0xE0, max_rate_ml_min: 9, limits: { single_ml: 1, duration_s: 9, hour_ml: 1, day_ml: 1, week_ml: 1 } }\n',
    );
    expect(await importInto(source)).toBe(EXIT.failed);
    expect(told.err).toContain('name no hardware.relay_unit: this unit has no FRAM image (E306)');
  });
});
