import type { Store } from '../store/store.ts';

/** Commands come again within minutes; what is older is forgotten. */
const KEPT_MS = 30 * 86_400_000;

/** How far a command has come; `received` while it may not have reached the ledger. */
export type HubStage = 'received' | 'accepted' | 'done' | 'rejected';

/** A command of the hub, with what it was answered. */
export interface HubOrder {
  readonly commandId: string;
  readonly pumpId: string;
  readonly infusionId: string | null;
  /** Of a start: the dose that it is, or would be. */
  readonly doseId: string | null;
  readonly stage: HubStage;
  readonly reason: string | null;
  /** What was told on the topic of infusions. */
  readonly confirmation: object | null;
}

interface Row {
  readonly command_id: string;
  readonly pump_id: string;
  readonly infusion_id: string | null;
  readonly dose_id: string | null;
  readonly stage: HubStage;
  readonly reason: string | null;
  readonly confirmation: string | null;
}

/** What a hub ordered and was answered. */
export class HubOrderStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** How often the unit has started as devices of a hub, this time included. */
  nextBoot(): number {
    this.#store.run('INSERT INTO hub_boots VALUES (1, 1) ON CONFLICT (only) DO UPDATE SET boots = boots + 1');
    return this.#store.get<{ boots: number }>('SELECT boots FROM hub_boots')?.boots ?? 1;
  }

  find(commandId: string): HubOrder | undefined {
    return orderOf(this.#store.get<Row>('SELECT * FROM hub_orders WHERE command_id = ?', commandId));
  }

  /** The start that became this dose. */
  ofDose(doseId: string): HubOrder | undefined {
    return orderOf(this.#store.get<Row>('SELECT * FROM hub_orders WHERE dose_id = ?', doseId));
  }

  /** The start of an infusion. */
  startOf(pumpId: string, infusionId: string | null): HubOrder | undefined {
    const start = 'SELECT * FROM hub_orders WHERE pump_id = ? AND infusion_id = ? AND dose_id IS NOT NULL';
    return orderOf(this.#store.get<Row>(start, pumpId, infusionId));
  }

  /** Starts of a pump that may be doses by now and have neither begun nor ended, as far as the hub was told. */
  open(pumpId: string): HubOrder[] {
    return this.#store
      .all<Row>("SELECT * FROM hub_orders WHERE pump_id = ? AND stage IN ('received', 'accepted')", pumpId)
      .flatMap((row) => orderOf(row) ?? []);
  }

  /** Whether an infusion was asked for, stopped or cancelled here by another command: this one would begin it anew. */
  hasMet({ commandId, pumpId, infusionId }: Pick<HubOrder, 'commandId' | 'pumpId' | 'infusionId'>): boolean {
    const met = `SELECT 1 FROM hub_orders WHERE pump_id = ? AND infusion_id = ? AND command_id <> ?
      AND (stage <> 'rejected' OR dose_id IS NOT NULL)`;
    return this.#store.get(met, pumpId, infusionId, commandId) !== undefined;
  }

  save(order: HubOrder, nowMs: number): void {
    const { commandId, pumpId, infusionId, doseId, stage, reason, confirmation } = order;
    const told = confirmation === null ? null : JSON.stringify(confirmation);
    this.#store.transaction(() => {
      this.#store.run('DELETE FROM hub_orders WHERE at_ms < ?', Math.floor(nowMs) - KEPT_MS);
      this.#store.run(
        'INSERT OR REPLACE INTO hub_orders VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        ...[commandId, pumpId, infusionId, doseId, stage, reason, told, Math.floor(nowMs)],
      );
    });
  }
}

const orderOf = (row: Row | undefined): HubOrder | undefined =>
  row && {
    ...{ commandId: row.command_id, pumpId: row.pump_id, infusionId: row.infusion_id, doseId: row.dose_id },
    ...{ stage: row.stage, reason: row.reason },
    confirmation: row.confirmation === null ? null : (JSON.parse(row.confirmation) as object),
  };
