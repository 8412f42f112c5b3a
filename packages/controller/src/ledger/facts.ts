import type { EmergencyStop } from '@perista/protocol/api';
import type { Store } from '../store/store.ts';
import type { ImageOwnership } from '../unit-image/image-ownership.ts';

/** Single values that must survive a restart. */
export interface FactValues {
  /** Highest session number this controller has ever taken, persisted before use. */
  readonly epoch: number;
  /** Highest session number the agent has acknowledged, and so must remember. */
  readonly agent_epoch: number;
  /** First session number since the agent last lost its memory. */
  readonly agent_remembers_from: number;
  /** Latest wall time ever seen, ms; never decreases. */
  readonly high_water_ms: number;
  /** Since somebody accepted the time: the latest seen, and the start of the machine for which it holds. */
  readonly time_accepted: { readonly mark_ms: number; readonly boot_id: string };
  /** Channels of the dosing unit, by which the slots of its plans lie. */
  readonly channel_count: number;
  readonly emergency_stop: EmergencyStop;
  /** Whose the image of the dosing unit is. */
  readonly unit_image: ImageOwnership;
}

export class Facts {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  read<Name extends keyof FactValues>(name: Name): FactValues[Name] | undefined {
    const row = this.#store.get<{ value: string }>('SELECT value FROM facts WHERE name = ?', name);
    return row === undefined ? undefined : (JSON.parse(row.value) as FactValues[Name]);
  }

  write<Name extends keyof FactValues>(name: Name, value: FactValues[Name]): void {
    this.#store.run(
      'INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      name,
      JSON.stringify(value),
    );
  }
}
