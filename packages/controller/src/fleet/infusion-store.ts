import type { InfusionParameters, InfusionState } from '@perista/core';
import type { Page } from '@perista/protocol/api';
import type { z } from 'zod';
import { pageOf, seqBefore } from '../ledger/paging.ts';
import type { PageOf } from '../services.ts';
import type { SqlValue, Store } from '../store/store.ts';
import { changedColumns } from './changed-columns.ts';

/** An infusion as it is remembered. Instants on the wall clock, ms since 1970; volumes in ml. */
export interface InfusionRecord {
  readonly seq: number;
  readonly infusionId: string;
  readonly deviceId: string;
  readonly state: InfusionState;
  readonly parameters: InfusionParameters | null;
  readonly subject: string | null;
  readonly actor: string;
  readonly source: 'server' | 'device';
  readonly requestedAtMs: number;
  readonly confirmedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly deliveredMl: number | null;
  readonly loMl: number | null;
  readonly isLate: boolean;
  readonly isVerified: boolean;
  /** In which of its starts the device last had to do with it, as far as known. */
  readonly boot: number | null;
  readonly reason: string | null;
}

export interface NewInfusion
  extends Pick<
    InfusionRecord,
    'infusionId' | 'deviceId' | 'state' | 'parameters' | 'subject' | 'actor' | 'source' | 'requestedAtMs' | 'boot'
  > {
  readonly confirmedAtMs?: number;
  /** The caller's key and the body under it, to tell the same request from another one. */
  readonly idempotency?: { readonly key: string; readonly request: string } | undefined;
}

const COLUMNS = {
  state: 'state',
  confirmedAtMs: 'confirmed_at_ms',
  endedAtMs: 'ended_at_ms',
  deliveredMl: 'delivered_ml',
  loMl: 'lo_ml',
  isLate: 'is_late',
  isVerified: 'is_verified',
  boot: 'boot',
  reason: 'reason',
} as const;

export type InfusionPatch = Partial<Pick<InfusionRecord, keyof typeof COLUMNS>>;

interface InfusionRow {
  readonly seq: number;
  readonly infusion_id: string;
  readonly device_id: string;
  readonly state: InfusionState;
  readonly parameters: string | null;
  readonly subject: string | null;
  readonly actor: string;
  readonly source: InfusionRecord['source'];
  readonly requested_at_ms: number;
  readonly confirmed_at_ms: number | null;
  readonly ended_at_ms: number | null;
  readonly delivered_ml: number | null;
  readonly lo_ml: number | null;
  readonly is_late: number;
  readonly is_verified: number;
  readonly boot: number | null;
  readonly reason: string | null;
}

const IS_OPEN = "state IN ('requested', 'awaiting_confirmation', 'running', 'paused', 'unanswered')";

/** Infusions of all devices. An index of the table sees to it that a device has one open start at most. */
export class InfusionStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  insert(infusion: NewInfusion): void {
    const { infusionId, deviceId, state, parameters, subject, actor, source, boot, idempotency } = infusion;
    this.#store.run(
      `INSERT INTO infusions (infusion_id, device_id, state, parameters, subject, actor, source, requested_at_ms,
         confirmed_at_ms, boot, idempotency_key, request) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[infusionId, deviceId, state, parameters && JSON.stringify(parameters), subject, actor, source],
      ...[Math.floor(infusion.requestedAtMs), floorOrNull(infusion.confirmedAtMs), boot],
      ...[idempotency?.key ?? null, idempotency?.request ?? null],
    );
  }

  find(infusionId: string): InfusionRecord | undefined {
    return this.#first('WHERE infusion_id = ?', infusionId);
  }

  byKey(key: string): { readonly infusion: InfusionRecord; readonly request: string } | undefined {
    const row = this.#store.get<InfusionRow & { readonly request: string }>(
      'SELECT * FROM infusions WHERE idempotency_key = ?',
      key,
    );
    return row && { infusion: infusionOf(row), request: row.request };
  }

  /** The start of the server that is not over. */
  openStart(deviceId: string): InfusionRecord | undefined {
    return this.#first(`WHERE device_id = ? AND source = 'server' AND ${IS_OPEN}`, deviceId);
  }

  /** All that is open of a device, also what was begun at the device; newest first. */
  open(deviceId: string): InfusionRecord[] {
    return this.#all(`WHERE device_id = ? AND ${IS_OPEN} ORDER BY seq DESC`, deviceId);
  }

  last(deviceId: string): InfusionRecord | undefined {
    return this.#first('WHERE device_id = ? ORDER BY seq DESC LIMIT 1', deviceId);
  }

  /** Of all devices. */
  allOpen(): InfusionRecord[] {
    return this.#all(`WHERE ${IS_OPEN} ORDER BY seq`);
  }

  /** Newest first. */
  list(deviceId: string, page: z.infer<typeof Page>): PageOf<InfusionRecord> {
    const before = seqBefore(page);
    const rows = this.#all(
      'WHERE device_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?',
      deviceId,
      before,
      page.limit + 1,
    );
    return pageOf(rows, page, (row) => row);
  }

  /** Those that were there at any instant of a span, oldest first. */
  between(deviceId: string, fromMs: number, toMs: number): InfusionRecord[] {
    return this.#all(
      'WHERE device_id = ? AND requested_at_ms <= ? AND coalesce(ended_at_ms, ?) >= ? ORDER BY seq',
      ...[deviceId, Math.ceil(toMs), Math.ceil(toMs), Math.floor(fromMs)],
    );
  }

  /** Whether it was in state `from` and is changed. */
  change(infusionId: string, from: InfusionState, patch: InfusionPatch): boolean {
    const { isLate, isVerified, ...rest } = patch;
    const { sql, values } = changedColumns(COLUMNS, {
      ...rest,
      ...(isLate !== undefined && { isLate: Number(isLate) }),
      ...(isVerified !== undefined && { isVerified: Number(isVerified) }),
    });
    if (sql === '') return true;
    const change = `UPDATE infusions SET ${sql} WHERE infusion_id = ? AND state = ?`;
    return this.#store.run(change, ...values, infusionId, from).changes === 1;
  }

  /** What a device told last of how much it gave, in whatever state it is by now. */
  noteDelivered(infusionId: string, deliveredMl: number): void {
    this.#store.run('UPDATE infusions SET delivered_ml = ? WHERE infusion_id = ?', deliveredMl, infusionId);
  }

  #first(where: string, ...params: SqlValue[]): InfusionRecord | undefined {
    const row = this.#store.get<InfusionRow>(`SELECT * FROM infusions ${where}`, ...params);
    return row && infusionOf(row);
  }

  #all(where: string, ...params: SqlValue[]): InfusionRecord[] {
    return this.#store.all<InfusionRow>(`SELECT * FROM infusions ${where}`, ...params).map(infusionOf);
  }
}

const floorOrNull = (value: number | undefined): number | null => (value === undefined ? null : Math.floor(value));

const infusionOf = (row: InfusionRow): InfusionRecord => ({
  seq: row.seq,
  infusionId: row.infusion_id,
  deviceId: row.device_id,
  state: row.state,
  parameters: row.parameters === null ? null : (JSON.parse(row.parameters) as InfusionParameters),
  subject: row.subject,
  actor: row.actor,
  source: row.source,
  requestedAtMs: row.requested_at_ms,
  confirmedAtMs: row.confirmed_at_ms,
  endedAtMs: row.ended_at_ms,
  deliveredMl: row.delivered_ml,
  loMl: row.lo_ml,
  isLate: row.is_late === 1,
  isVerified: row.is_verified === 1,
  boot: row.boot,
  reason: row.reason,
});
