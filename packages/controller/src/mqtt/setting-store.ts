import type { Store } from '../store/store.ts';

interface SettingRow {
  readonly volume_ml: number | null;
  readonly paused: string;
}

/** What is set over MQTT and nowhere else, by pump. */
export class SettingStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** What a press of the button doses, ml; null before anybody has said so. */
  volumeMl(pumpId: string): number | null {
    return this.#row(pumpId)?.volume_ml ?? null;
  }

  setVolumeMl(pumpId: string, volumeMl: number): void {
    this.#store.run(
      `INSERT INTO mqtt_settings (pump_id, volume_ml) VALUES (?, ?)
       ON CONFLICT (pump_id) DO UPDATE SET volume_ml = excluded.volume_ml`,
      pumpId,
      volumeMl,
    );
  }

  /** What the last OFF switched off, by id. */
  paused(pumpId: string): readonly string[] {
    return JSON.parse(this.#row(pumpId)?.paused ?? '[]') as string[];
  }

  setPaused(pumpId: string, ids: readonly string[]): void {
    this.#store.run(
      `INSERT INTO mqtt_settings (pump_id, paused) VALUES (?, ?)
       ON CONFLICT (pump_id) DO UPDATE SET paused = excluded.paused`,
      pumpId,
      JSON.stringify(ids),
    );
  }

  #row(pumpId: string): SettingRow | undefined {
    return this.#store.get('SELECT volume_ml, paused FROM mqtt_settings WHERE pump_id = ?', pumpId);
  }
}
