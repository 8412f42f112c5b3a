import { PeristaError } from '@perista/core';
import type { SettingLayers, SettingName } from '@perista/protocol/settings';

/** Where settings come from and where those are kept that were saved while the unit runs. */
export interface SettingsShelf {
  /** As this process found them when it started. */
  readonly layers: SettingLayers;
  /** Replaces all that was saved. @throws PeristaError E303 if it cannot be written */
  save(settings: Partial<Record<SettingName, unknown>>): void;
  /** Ends this process so that it is started again; null where nobody would. */
  readonly restart: (() => void) | null;
}

/** Nothing is set, and nothing can be. */
export const NOTHING_SET: SettingsShelf = {
  layers: { file: {}, saved: {}, environment: {}, command_line: {} },
  save() {
    throw new PeristaError('E303', 'This unit has no place for settings; nothing was saved');
  },
  restart: null,
};
