import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { markImageImported, NodeSqliteStore } from '@perista/controller';
import { hostClock, isPeristaError, PeristaError } from '@perista/core';
import { type FramStorage, openFramFile, openFramImage, readFram } from '@perista/drivers';
import { framOpener } from '../hardware/fram.ts';
import { prepareDataFolder } from '../process/data-folder.ts';
import { EXIT } from '../process/exit-codes.ts';
import { type FolderLock, lockedError, tryLock } from '../process/folder-lock.ts';
import { settingsOrTellMistakes } from '../settings/process-settings.ts';
import type { Settings } from '../settings/settings-loader.ts';
import { framReport, LAYOUTS, type Layout } from './fram-report.ts';
import { framText } from './fram-text.ts';
import { configOf, type ImportedConfig } from './import-source.ts';

/** Whoever holds one of them may write what is imported. */
const LOCKS = ['perista.lock', 'controller.lock', 'agent.lock'];
const NEW_SYSTEM = { channelCount: 6, version: 1 };

export interface ImportOrder {
  readonly path: string;
  readonly layout: Layout;
  readonly yes: boolean;
  /** Options that any process of the unit takes. */
  readonly settingsArgs: readonly string[];
}

/** What is wanted, or what is wrong with it. `--option value` and `--option=value` are the same. */
export function readImportOrder([path, ...options]: readonly string[]): ImportOrder | string {
  if (path === undefined || path.startsWith('-')) return 'fram import takes FILE first, then options';
  let layoutText = 'perista';
  let yes = false;
  const settingsArgs: string[] = [];
  const rest = options.flatMap((option) => (option.startsWith('--layout=') ? option.split('=') : [option]));
  for (let index = 0; index < rest.length; index++) {
    const option = rest[index] as string;
    if (option === '--yes') yes = true;
    else if (option === '--layout') layoutText = rest[++index] ?? '';
    else settingsArgs.push(option);
  }
  const layout = LAYOUTS.find((name) => name === layoutText);
  if (layout === undefined) return `--layout must be ${LAYOUTS.join(' or ')}, not "${layoutText}"`;
  return { path, layout, yes, settingsArgs };
}

/**
 * Puts the configuration of an image into that of a stopped unit. Its next start takes the plans over and doses nothing by
 * them before a person has confirmed. @throws PeristaError E303, E304, E306 to E308, E301
 */
export async function importImage({ path, layout, yes, settingsArgs }: ImportOrder): Promise<number> {
  const loaded = settingsOrTellMistakes(settingsArgs);
  if (loaded === undefined) return EXIT.wrongSettings;
  const source = await openFramFile(path, 'look');
  const found = await readFram(source).finally(() => source.close());
  const config = configOf(found, layout, path);
  if (layout === 'esp32' && !yes) {
    process.stdout.write(framText(framReport(found, layout)));
    process.stderr.write(
      'perista: nothing was imported. Checksums of this layout prove nothing: look at each channel, then repeat with --yes\n',
    );
    return EXIT.failed;
  }
  const settings = { ...loaded.settings, dataDir: prepareDataFolder(loaded.settings.dataDir) };
  const locks = lockUnit(settings.dataDir);
  try {
    await writeImage(settings, config);
    tellDatabase(settings.dataDir);
  } finally {
    for (const lock of locks) lock.release();
  }
  const names = config.channels.map(({ channel }) => channel).join(', ');
  process.stdout.write(
    `perista: imported channel ${names}${layout === 'esp32' ? ', disabled' : ''}. The next start takes over; nothing is dosed by plan before somebody confirms it.\n`,
  );
  return EXIT.ok;
}

function lockUnit(dataDir: string): FolderLock[] {
  const locks: FolderLock[] = [];
  for (const name of LOCKS) {
    const file = join(dataDir, name);
    const lock = tryLock(file);
    if (lock === undefined) {
      for (const taken of locks) taken.release();
      throw lockedError(file);
    }
    locks.push(lock);
  }
  return locks;
}

async function writeImage(settings: Settings, config: ImportedConfig): Promise<void> {
  const open = framOpener(settings);
  if (open === undefined) {
    throw new PeristaError('E306', 'The settings name no hardware.relay_unit: this unit has no FRAM image');
  }
  const storage = await open();
  await write(storage, config).finally(() => storage.close());
}

async function write(storage: FramStorage, { system, channels }: ImportedConfig): Promise<void> {
  const image = await openFramImage(storage);
  for (const { channel, config } of channels) {
    const cell = image.channels[channel - 1];
    await cell?.load();
    await cell?.save(config);
  }
  await image.system.load();
  await image.system.save({ ...(system ?? NEW_SYSTEM), systemEnabled: false });
}

/** A unit without a database takes over what it finds anyway. */
function tellDatabase(dataDir: string): void {
  const file = join(dataDir, 'perista.sqlite');
  if (!existsSync(file)) return;
  const store = new NodeSqliteStore(file);
  try {
    markImageImported(store, hostClock(globalThis).wallMs());
  } finally {
    store.close();
  }
}

/** Runs `work`; a failure with a code is told, and is exit code 1. */
export async function orTellFailure(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (thrown) {
    if (!isPeristaError(thrown)) throw thrown;
    process.stderr.write(`perista: ${thrown.message} (${thrown.code})\n`);
    return EXIT.failed;
  }
}
