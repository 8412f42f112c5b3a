import type { Pump } from '@perista/protocol/api';
import { statusMessage } from '@perista/protocol/mqtt';

export type Progress = NonNullable<NonNullable<Pump['current_dose']>['progress']>;

/** The latest status of each pump, as text. */
export class StatusBoard {
  readonly #pumps = new Map<string, Pump>();
  readonly #todayMl = new Map<string, number>();
  readonly #told = new Map<string, string>();

  /** Begins anew with these; pumps that are gone are named. */
  begin(pumps: readonly Pump[]): string[] {
    const gone = [...this.#pumps.keys()].filter((id) => !pumps.some((pump) => pump.id === id));
    this.#pumps.clear();
    this.#told.clear();
    for (const pump of pumps) this.#pumps.set(pump.id, pump);
    return gone;
  }

  put(pump: Pump): void {
    this.#pumps.set(pump.id, pump);
  }

  remove(pumpId: string): void {
    this.#pumps.delete(pumpId);
    this.#todayMl.delete(pumpId);
    this.#told.delete(pumpId);
  }

  /** What the pump gave today, ml; whether that is news. */
  noteToday(pumpId: string, ml: number): boolean {
    const isNews = this.#todayMl.get(pumpId) !== ml;
    this.#todayMl.set(pumpId, ml);
    return isNews;
  }

  pump(pumpId: string): Pump | undefined {
    return this.#pumps.get(pumpId);
  }

  get pumps(): readonly Pump[] {
    return [...this.#pumps.values()];
  }

  todayMl(pumpId: string): number {
    return this.#todayMl.get(pumpId) ?? 0;
  }

  /** What is to be published of a pump: empty for one that is gone, undefined where it is told already. */
  news(pumpId: string, progress: Progress | null): string | undefined {
    const pump = this.#pumps.get(pumpId);
    if (pump === undefined) return '';
    const text = JSON.stringify(statusMessage(pump, progress, this.todayMl(pumpId)));
    if (this.#told.get(pumpId) === text) return undefined;
    this.#told.set(pumpId, text);
    return text;
  }
}
