import type { EmergencyStop } from '@perista/protocol/api';
import type { Store } from '../store/store.ts';

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
  readonly emergency_stop: EmergencyStop;
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
