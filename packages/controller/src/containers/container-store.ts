import { assert, type ContainerCondition, PeristaError } from '@perista/core';
import type { SqlValue, Store } from '../store/store.ts';
import type { ContainerRecord } from './container-row.ts';

interface ContainerTableRow {
  readonly container_id: string;
  readonly product: string;
  readonly capacity_ml: number;
  readonly low_ml: number;
  readonly empty_ml: number;
  readonly condition: ContainerCondition;
  readonly level_ml: number;
  readonly created_at_ms: number;
}

/** What is believed to be in it: the last row of its book. */
const LEVEL = `(SELECT level_ml FROM container_entries e WHERE e.container_id = c.container_id ORDER BY seq DESC LIMIT 1)`;
const CONTAINERS = `SELECT c.*, ${LEVEL} AS level_ml FROM containers c`;

/** Containers, and which pumps draw from them. A removed one keeps its rows but is found no more. */
export class ContainerStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  list(): ContainerRecord[] {
    return this.#store
      .all<ContainerTableRow>(`${CONTAINERS} WHERE removed_at_ms IS NULL ORDER BY created_at_ms, rowid`)
      .map(containerRecord);
  }

  find(containerId: string): ContainerRecord | undefined {
    const row = this.#store.get<ContainerTableRow>(
      `${CONTAINERS} WHERE container_id = ? AND removed_at_ms IS NULL`,
      containerId,
    );
    return row === undefined ? undefined : containerRecord(row);
  }

  /** Those of `containerIds` that there are. */
  byId(containerIds: readonly string[]): ReadonlyMap<string, ContainerRecord> {
    const rows = this.#store.all<ContainerTableRow>(
      `${CONTAINERS} WHERE container_id IN (SELECT value FROM json_each(?)) AND removed_at_ms IS NULL`,
      JSON.stringify(containerIds),
    );
    return new Map(rows.map((row) => [row.container_id, containerRecord(row)]));
  }

  /** @throws PeristaError E404 */
  get(containerId: string): ContainerRecord {
    const container = this.find(containerId);
    if (container === undefined) throw new PeristaError('E404', `There is no container "${containerId}"`);
    return container;
  }

  /** Of a pump, one that was removed too: its last doses may still be told of. */
  ofPump(pumpId: string): ContainerRecord {
    const row = this.#store.get<ContainerTableRow>(
      `${CONTAINERS} JOIN pumps p USING (container_id) WHERE p.pump_id = ?`,
      pumpId,
    );
    assert(row !== undefined, 'each pump has a container');
    return containerRecord(row);
  }

  /** Whether the id is in use or was: ids are never given to another container. */
  wasUsed(containerId: string): boolean {
    return this.#store.get('SELECT 1 FROM containers WHERE container_id = ?', containerId) !== undefined;
  }

  insert(container: ContainerRecord): void {
    this.#store.run(
      `INSERT INTO containers (container_id, product, capacity_ml, low_ml, empty_ml, condition, created_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      container.containerId,
      container.product,
      container.capacityMl,
      container.lowMl,
      container.emptyMl,
      container.condition,
      Math.floor(container.createdAtMs),
    );
  }

  /** Writes what a patch may change. */
  update({
    containerId,
    product,
    capacityMl,
    lowMl,
    emptyMl,
  }: Omit<ContainerRecord, 'levelMl' | 'condition' | 'createdAtMs'>): void {
    const { changes } = this.#store.run(
      'UPDATE containers SET product = ?, capacity_ml = ?, low_ml = ?, empty_ml = ? WHERE container_id = ?',
      product,
      capacityMl,
      lowMl,
      emptyMl,
      containerId,
    );
    assert(changes === 1, 'a container that is updated exists');
  }

  setCondition(containerId: string, condition: ContainerCondition): void {
    this.#store.run('UPDATE containers SET condition = ? WHERE container_id = ?', condition, containerId);
  }

  markRemoved(containerId: string, nowMs: number): void {
    this.#store.run('UPDATE containers SET removed_at_ms = ? WHERE container_id = ?', Math.floor(nowMs), containerId);
  }

  /** Pumps in use that draw from it, in the order of their making. */
  pumpsOf(containerId: string): string[] {
    return this.#store
      .all<{ pump_id: string }>(
        'SELECT pump_id FROM pumps WHERE container_id = ? AND removed_at_ms IS NULL ORDER BY created_at_ms, rowid',
        containerId,
      )
      .map(({ pump_id }) => pump_id);
  }

  /** The smallest dose of the pumps that draw from it, ml; 0 if none does. */
  leastDoseMl(containerId: string): number {
    const row = this.#store.get<{ ml: number | null }>(
      'SELECT min(min_dose_ml) AS ml FROM pumps WHERE container_id = ? AND removed_at_ms IS NULL',
      containerId,
    );
    return row?.ml ?? 0;
  }

  movePump(pumpId: string, containerId: string): void {
    this.#store.run('UPDATE pumps SET container_id = ? WHERE pump_id = ?', containerId, pumpId);
  }

  /** The most that doses that are not over may still draw from it, ml. */
  openDrawMl(containerId: string): number {
    return this.#draw(containerId, '1');
  }

  /** The same of those alone that may be under way, without `doseId`. */
  sentDrawMl(containerId: string, doseId: string | null): number {
    return this.#draw(containerId, 'sent_epoch IS NOT NULL AND dose_id IS NOT ?', doseId);
  }

  #draw(containerId: string, condition: string, ...params: SqlValue[]): number {
    const row = this.#store.get<{ ml: number }>(
      `SELECT total(hi_ml) AS ml FROM doses JOIN pumps USING (pump_id)
       WHERE ended_at_ms IS NULL AND direction = 'forward' AND container_id = ? AND ${condition}`,
      containerId,
      ...params,
    );
    return row?.ml ?? 0;
  }
}

const containerRecord = (row: ContainerTableRow): ContainerRecord => ({
  containerId: row.container_id,
  product: row.product,
  capacityMl: row.capacity_ml,
  lowMl: row.low_ml,
  emptyMl: row.empty_ml,
  condition: row.condition,
  levelMl: row.level_ml,
  createdAtMs: row.created_at_ms,
});
