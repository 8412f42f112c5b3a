import type { SettingLayers } from '@perista/protocol/settings';
import type { SettingsShelf } from './settings-shelf.ts';

export interface FakeSettingsShelf extends SettingsShelf {
  /** What was saved, each time. */
  readonly kept: SettingLayers['saved'][];
  /** Thrown by the next attempt to save. */
  failure: Error | null;
  restarts: number;
}

/** A shelf in memory; what places say can be given. */
export function fakeSettingsShelf(layers: Partial<SettingLayers> = {}): FakeSettingsShelf {
  const shelf: FakeSettingsShelf = {
    layers: { file: {}, saved: {}, environment: {}, command_line: {}, ...layers },
    kept: [],
    failure: null,
    restarts: 0,
    save(settings) {
      if (shelf.failure) throw shelf.failure;
      shelf.kept.push(settings);
    },
    restart: () => {
      shelf.restarts++;
    },
  };
  return shelf;
}
