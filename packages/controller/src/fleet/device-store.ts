import type { DeviceObject } from '@perista/protocol/api';
import type { Dialect } from '@perista/protocol/fleet';
import type { Store } from '../store/store.ts';
import type { MessageNumber } from './message-order.ts';

/** A device as it is remembered over a restart. Instants in ms since 1970. */
export interface DeviceRecord {
  readonly deviceId: string;
  readonly firstSeenAtMs: number;
  readonly lastSeenAtMs: number | null;
  readonly dialect: Dialect | null;
  readonly last: MessageNumber | null;
  readonly firmwareVersion: string | null;
  readonly status: DeviceObject | null;
  readonly progress: DeviceObject | null;
  /** It said good-bye, or the broker did for it. */
  readonly isOfflineTold: boolean;
}

interface DeviceRow {
  readonly device_id: string;
  readonly first_seen_at_ms: number;
  readonly last_seen_at_ms: number | null;
  readonly dialect: Dialect | null;
  readonly boot: number | null;
  readonly seq: number | null;
  readonly firmware_version: string | null;
  readonly status: string | null;
  readonly progress: string | null;
  readonly is_offline: number;
}

/** The table `devices`. */
export class DeviceStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  list(): DeviceRecord[] {
    return this.#store.all<DeviceRow>('SELECT * FROM devices ORDER BY device_id').map(recordOf);
  }

  /** All of them in one transaction. */
  save(records: readonly DeviceRecord[]): void {
    this.#store.transaction(() => {
      for (const record of records) this.#put(record);
    });
  }

  #put({ deviceId, firstSeenAtMs, lastSeenAtMs, dialect, last, ...rest }: DeviceRecord): void {
    this.#store.run(
      `INSERT OR REPLACE INTO devices (device_id, first_seen_at_ms, last_seen_at_ms, dialect, boot, seq,
         firmware_version, status, progress, is_offline) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      deviceId,
      firstSeenAtMs,
      lastSeenAtMs,
      dialect,
      last?.boot ?? null,
      last?.seq ?? null,
      rest.firmwareVersion,
      textOf(rest.status),
      textOf(rest.progress),
      Number(rest.isOfflineTold),
    );
  }
}

const textOf = (object: DeviceObject | null): string | null => (object === null ? null : JSON.stringify(object));
const objectOf = (text: string | null): DeviceObject | null => (text === null ? null : JSON.parse(text));

const recordOf = (row: DeviceRow): DeviceRecord => ({
  deviceId: row.device_id,
  firstSeenAtMs: row.first_seen_at_ms,
  lastSeenAtMs: row.last_seen_at_ms,
  dialect: row.dialect,
  last: row.boot === null || row.seq === null ? null : { boot: row.boot, seq: row.seq },
  firmwareVersion: row.firmware_version,
  status: objectOf(row.status),
  progress: objectOf(row.progress),
  isOfflineTold: row.is_offline === 1,
});
