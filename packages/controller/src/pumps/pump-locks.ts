import type { Store } from '../store/store.ts';
import type { PumpFault } from './pump-row.ts';

/** What keeps a pump from dosing until somebody has looked at it: a fault, or a dose whose outcome is not known. */
export class PumpLocks {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  fault(pumpId: string): PumpFault | undefined {
    return this.#store.get('SELECT code, message FROM faults WHERE pump_id = ?', pumpId);
  }

  /** Pumps with a fault, of those that are in use. */
  faults(): (PumpFault & { readonly pumpId: string })[] {
    return this.#store.all(
      `SELECT pump_id AS pumpId, code, message FROM faults JOIN pumps USING (pump_id)
       WHERE removed_at_ms IS NULL ORDER BY since_ms`,
    );
  }

  /** All as they are now. */
  snapshot(): Pick<PumpLocks, 'fault' | 'heldBy'> {
    const faults = new Map(this.faults().map((fault) => [fault.pumpId, fault]));
    const rows = this.#store.all<{ pump_id: string; dose_id: string }>('SELECT pump_id, dose_id FROM holds');
    const holds = new Map(rows.map(({ pump_id, dose_id }) => [pump_id, dose_id]));
    return { fault: (pumpId) => faults.get(pumpId), heldBy: (pumpId) => holds.get(pumpId) };
  }

  /** Keeps the first fault; false if there was one already. */
  setFault(pumpId: string, fault: PumpFault, doseId: string | null, nowMs: number): boolean {
    return (
      this.#store.run(
        'INSERT INTO faults (pump_id, code, message, dose_id, since_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
        pumpId,
        fault.code,
        fault.message,
        doseId,
        Math.floor(nowMs),
      ).changes === 1
    );
  }

  /** The dose whose outcome holds the pump. */
  heldBy(pumpId: string): string | undefined {
    return this.#store.get<{ dose_id: string }>('SELECT dose_id FROM holds WHERE pump_id = ?', pumpId)?.dose_id;
  }

  hold(pumpId: string, doseId: string, nowMs: number): void {
    this.#store.run(
      'INSERT INTO holds (pump_id, dose_id, since_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      pumpId,
      doseId,
      Math.floor(nowMs),
    );
  }

  clear(pumpId: string): void {
    this.#store.run('DELETE FROM faults WHERE pump_id = ?', pumpId);
    this.#store.run('DELETE FROM holds WHERE pump_id = ?', pumpId);
  }
}
