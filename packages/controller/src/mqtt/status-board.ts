import type { Pump } from '@perista/protocol/api';
import { statusMessage } from '@perista/protocol/mqtt';
import type { NumberedDelta } from '../live/delta.ts';

type Progress = NonNullable<NonNullable<Pump['current_dose']>['progress']>;

/** The latest status of each pump, as text, out of what every viewer is told. */
export class StatusBoard {
  readonly #pumps = new Map<string, Pump>();
  readonly #told = new Map<string, string>();

  /** Begins anew with these; pumps that are gone are named. */
  begin(pumps: readonly Pump[]): string[] {
    const gone = [...this.#pumps.keys()].filter((id) => !pumps.some((pump) => pump.id === id));
    this.#pumps.clear();
    this.#told.clear();
    for (const pump of pumps) this.#pumps.set(pump.id, pump);
    return gone;
  }

  /** Which pump it is about, or null if it is about none. */
  hear(delta: NumberedDelta): { readonly pumpId: string; readonly progress: Progress | null } | null {
    switch (delta.name) {
      case 'pump:state': {
        const [{ pump }] = delta.args;
        this.#pumps.set(pump.id, pump);
        return { pumpId: pump.id, progress: null };
      }
      case 'pump:removed': {
        const [{ pump_id: pumpId }] = delta.args;
        this.#pumps.delete(pumpId);
        this.#told.delete(pumpId);
        return { pumpId, progress: null };
      }
      case 'dose:progress': {
        const [{ pump_id: pumpId, progress }] = delta.args;
        return { pumpId, progress };
      }
      default:
        return null;
    }
  }

  get pumpIds(): readonly string[] {
    return [...this.#pumps.keys()];
  }

  /** What is to be published of a pump: empty for one that is gone, undefined where it is told already. */
  news(pumpId: string, progress: Progress | null): string | undefined {
    const pump = this.#pumps.get(pumpId);
    if (pump === undefined) return '';
    const text = JSON.stringify(statusMessage(pump, progress));
    if (this.#told.get(pumpId) === text) return undefined;
    this.#told.set(pumpId, text);
    return text;
  }
}
