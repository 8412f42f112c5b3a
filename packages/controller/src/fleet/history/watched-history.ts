import { isPeristaError } from '@perista/core';
import type { DeviceHistoryStore } from './device-history-store.ts';

/** A history that remembers what went wrong when it was last written. */
export interface WatchedHistory extends DeviceHistoryStore {
  /** In words; null while it can be written. */
  readonly trouble: string | null;
}

export function watchedHistory(history: DeviceHistoryStore): WatchedHistory {
  let trouble: string | null = null;
  const writing = <Done>(write: () => Done): Done => {
    try {
      const done = write();
      trouble = null;
      return done;
    } catch (error) {
      if (isPeristaError(error)) trouble = notKept(error);
      throw error;
    }
  };
  return {
    get trouble() {
      return trouble;
    },
    add: (samples) => writing(() => history.add(samples)),
    addMissing: (samples) => writing(() => history.addMissing(samples)),
    addGap: (deviceId, gap) => writing(() => history.addGap(deviceId, gap)),
    samples: (...asked) => history.samples(...asked),
    spans: (...asked) => history.spans(...asked),
    gaps: (stretch) => history.gaps(stretch),
    prune: (beforeMs, most) => history.prune(beforeMs, most),
  };
}

export const notKept = ({ code, message }: { readonly code: string; readonly message: string }): string =>
  `${code}: What remote devices tell over time is not kept. ${message}`;
