import type { SettingsShelf } from '@perista/controller';
import { writeSavedFile } from './saved-file.ts';
import type { Settings } from './settings-loader.ts';

/** Saves into the data folder; what is started again reads it from there. */
export const nodeSettingsShelf = (
  { layers, dataDir }: Pick<Settings, 'layers' | 'dataDir'>,
  restart: (() => void) | null,
): SettingsShelf => ({ layers, restart, save: (settings) => writeSavedFile(dataDir, settings) });
