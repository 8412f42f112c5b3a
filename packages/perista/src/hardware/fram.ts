import { join } from 'node:path';
import { type FramStorage, mb85rc256v, openFramFile, openLinuxI2cBus } from '@perista/drivers';
import type { Settings } from '../settings/settings-loader.ts';

/** Where the FRAM image is kept, by us or by an emulated chip. */
export const framFile = (dataDir: string): string => join(dataDir, 'fram.bin');

/** How the FRAM image of a unit is opened that nobody runs; undefined if the unit has no relays. */
export function framOpener({
  hardware,
  dataDir,
  relayUnit,
}: Pick<Settings, 'hardware' | 'dataDir' | 'relayUnit'>): (() => Promise<FramStorage>) | undefined {
  const openFile = () => openFramFile(framFile(dataDir), 'keep');
  if (hardware === 'emulated') return openFile;
  if (relayUnit === undefined) return undefined;
  const { fram_storage, i2c, fram } = relayUnit;
  return fram_storage === 'file' ? openFile : () => openChip(i2c, fram);
}

async function openChip(path: string, address: number): Promise<FramStorage> {
  const bus = openLinuxI2cBus(path);
  return { ...mb85rc256v(bus, address), close: () => bus.close() };
}
