import type { AlarmPriority, AlarmQuery, AlarmState } from '@perista/protocol/api';
import { pageOf, seqBefore } from '../ledger/paging.ts';
import type { PageOf } from '../services.ts';
import type { SqlValue, Store } from '../store/store.ts';
import { changedColumns } from './changed-columns.ts';

/** What an alarm of a device is about. */
export const ALARM_KINDS = [
  'device-error',
  'offline',
  'unanswered',
  'late-start',
  'parameters-differ',
  'stop-not-proven',
  'interrupted',
  'adopted',
] as const;
export type AlarmKind = (typeof ALARM_KINDS)[number];

/** What makes two alarms the same one: of these only one is living. */
export interface AlarmSubject {
  readonly deviceId: string;
  readonly kind: AlarmKind;
  /** As the device names it. */
  readonly code: string | null;
  readonly infusionId: string | null;
}

/** An alarm as it is remembered. Instants on the wall clock, ms since 1970. */
export interface AlarmRecord extends AlarmSubject {
  readonly seq: number;
  readonly alarmId: string;
  readonly priority: AlarmPriority;
  readonly message: string;
  readonly state: AlarmState;
  readonly raisedAtMs: number;
  readonly clearedAtMs: number | null;
  readonly acknowledgedAtMs: number | null;
  readonly acknowledgedBy: string | null;
}

const COLUMNS = {
  state: 'state',
  priority: 'priority',
  message: 'message',
  clearedAtMs: 'cleared_at_ms',
  acknowledgedAtMs: 'acknowledged_at_ms',
  acknowledgedBy: 'acknowledged_by',
} as const;

export type AlarmPatch = Partial<Pick<AlarmRecord, keyof typeof COLUMNS>>;

interface AlarmRow {
  readonly seq: number;
  readonly alarm_id: string;
  readonly device_id: string;
  readonly kind: AlarmKind;
  readonly code: string | null;
  readonly priority: AlarmPriority;
  readonly message: string;
  readonly state: AlarmState;
  readonly infusion_id: string | null;
  readonly raised_at_ms: number;
  readonly cleared_at_ms: number | null;
  readonly acknowledged_at_ms: number | null;
  readonly acknowledged_by: string | null;
}

/** Alarms of all devices. An index of the table sees to it that one of a kind is living at most. */
export class AlarmStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  insert(alarm: Omit<AlarmRecord, 'seq' | 'clearedAtMs' | 'acknowledgedAtMs' | 'acknowledgedBy' | 'state'>): void {
    this.#store.run(
      `INSERT INTO device_alarms (alarm_id, device_id, kind, code, priority, message, state, infusion_id, raised_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, 'on', ?, ?)`,
      ...[alarm.alarmId, alarm.deviceId, alarm.kind, alarm.code, alarm.priority, alarm.message],
      ...[alarm.infusionId, Math.floor(alarm.raisedAtMs)],
    );
  }

  find(alarmId: string): AlarmRecord | undefined {
    return this.#all('WHERE alarm_id = ?', alarmId)[0];
  }

  /** All but those that are off, oldest first. */
  living(deviceId: string): AlarmRecord[] {
    return this.#all("WHERE device_id = ? AND state <> 'off' ORDER BY seq", deviceId);
  }

  /** Newest first; `mayWatch` leaves out whole devices. */
  list(query: AlarmQuery, mayWatch: (deviceId: string) => boolean): PageOf<AlarmRecord> {
    const devices = this.#store
      .all<{ device_id: string }>('SELECT DISTINCT device_id FROM device_alarms')
      .map(({ device_id }) => device_id)
      .filter((id) => (query.deviceId === undefined || query.deviceId === id) && mayWatch(id));
    const filters: [string, SqlValue][] = [
      ['seq < ?', seqBefore(query)],
      ['device_id IN (SELECT value FROM json_each(?))', JSON.stringify(devices)],
    ];
    if (query.state !== undefined) filters.push(['state = ?', query.state]);
    const rows = this.#all(
      `WHERE ${filters.map(([clause]) => clause).join(' AND ')} ORDER BY seq DESC LIMIT ?`,
      ...filters.map(([, param]) => param),
      query.limit + 1,
    );
    return pageOf(rows, query, (row) => row);
  }

  /** Those that held at any instant of a span, oldest first. */
  between(deviceId: string, fromMs: number, toMs: number): AlarmRecord[] {
    return this.#all(
      'WHERE device_id = ? AND raised_at_ms <= ? AND coalesce(cleared_at_ms, ?) >= ? ORDER BY seq',
      ...[deviceId, Math.ceil(toMs), Math.ceil(toMs), Math.floor(fromMs)],
    );
  }

  /** Whether it was in state `from` and is changed. */
  change(alarmId: string, from: AlarmState, patch: AlarmPatch): boolean {
    const { sql, values } = changedColumns(COLUMNS, patch);
    if (sql === '') return true;
    const change = `UPDATE device_alarms SET ${sql} WHERE alarm_id = ? AND state = ?`;
    return this.#store.run(change, ...values, alarmId, from).changes === 1;
  }

  #all(where: string, ...params: SqlValue[]): AlarmRecord[] {
    return this.#store.all<AlarmRow>(`SELECT * FROM device_alarms ${where}`, ...params).map(alarmOf);
  }
}

const alarmOf = (row: AlarmRow): AlarmRecord => ({
  seq: row.seq,
  alarmId: row.alarm_id,
  deviceId: row.device_id,
  kind: row.kind,
  code: row.code,
  priority: row.priority,
  message: row.message,
  state: row.state,
  infusionId: row.infusion_id,
  raisedAtMs: row.raised_at_ms,
  clearedAtMs: row.cleared_at_ms,
  acknowledgedAtMs: row.acknowledged_at_ms,
  acknowledgedBy: row.acknowledged_by,
});
