import { isPeristaError, type Log } from '@perista/core';
import { failureFields } from '../../log-fields.ts';
import type { Store } from '../../store/store.ts';
import { type DeviceHistoryStore, NO_HISTORY } from './device-history-store.ts';
import { SqliteHistoryStore } from './sqlite-history-store.ts';
import { notKept, watchedHistory } from './watched-history.ts';

/** Where the numbers of devices are kept, and how long. */
export interface HistoryFile {
  /** @throws PeristaError E301 */
  readonly open: () => Store;
  readonly days: number;
}

export interface OpenHistory {
  readonly history: DeviceHistoryStore;
  readonly days: number;
  /** Why nothing is kept, in words; null while all is well. */
  trouble(): string | null;
  close(): void;
}

const nothing = (trouble: string | null): OpenHistory => ({
  ...{ history: NO_HISTORY, days: 1 },
  trouble: () => trouble,
  close() {},
});

/** A file that cannot be used costs the trends of devices, and nothing else. */
export function openHistory(file: HistoryFile | undefined, log: Log, nowMs: number): OpenHistory {
  if (file === undefined) return nothing(null);
  try {
    const store = file.open();
    const history = watchedHistory(new SqliteHistoryStore(store, nowMs));
    return { history, days: file.days, trouble: () => history.trouble, close: () => store.close() };
  } catch (error) {
    if (!isPeristaError(error)) throw error;
    log.error(failureFields(error), 'what devices tell is not kept: its file cannot be used');
    return nothing(notKept(error));
  }
}
