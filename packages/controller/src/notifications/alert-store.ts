import type { Notice } from '@perista/protocol/api';
import type { Store } from '../store/store.ts';

export interface AlertRecord {
  readonly notice: Notice;
  readonly overAtMs: number | null;
}

/** What began and is not over, and for a while what is over. */
export class AlertStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The notice of what goes on under a key. */
  going(key: string): Notice | undefined {
    const row = this.#store.get<{ notice: string }>(
      'SELECT notice FROM alerts WHERE alert_key = ? AND over_at_ms IS NULL',
      key,
    );
    return row && (JSON.parse(row.notice) as Notice);
  }

  /** It is not told before `toldFromMs`, wall time. */
  begin(key: string, notice: Notice, toldFromMs: number): void {
    this.#store.run(
      `INSERT INTO alerts VALUES (?, ?, ?, NULL) ON CONFLICT (alert_key)
       DO UPDATE SET notice = excluded.notice, told_from_ms = excluded.told_from_ms, over_at_ms = NULL`,
      ...[key, JSON.stringify(notice), Math.floor(toldFromMs)],
    );
  }

  end(key: string, nowMs: number): void {
    this.#store.run('UPDATE alerts SET over_at_ms = ? WHERE alert_key = ?', ...[Math.floor(nowMs), key]);
  }

  /** What goes on, or went on `keptMs` ago, and was to be told by `nowMs`; what is over for longer is forgotten. */
  recent(nowMs: number, keptMs: number): AlertRecord[] {
    this.#store.run('DELETE FROM alerts WHERE over_at_ms < ?', Math.floor(nowMs - keptMs));
    return this.#store
      .all<{ notice: string; over_at_ms: number | null }>(
        `SELECT notice, over_at_ms FROM alerts
         WHERE told_from_ms <= ? AND (over_at_ms IS NULL OR over_at_ms >= told_from_ms) ORDER BY rowid`,
        Math.floor(nowMs),
      )
      .map(({ notice, over_at_ms }) => ({ notice: JSON.parse(notice) as Notice, overAtMs: over_at_ms }));
  }
}
