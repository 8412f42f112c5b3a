import type { Presence } from '@perista/protocol/api';

/** Silent for so many periods: its numbers are old. */
const STALE_PERIODS = 3;
/** Silent for so many periods, and for so long at least: it is gone. */
const OFFLINE_PERIODS = 5;
const OFFLINE_LEAST_MS = 10_000;
/** Of a device that has not shown or told how often it speaks. */
const USUAL_PERIOD_MS = 30_000;

/** All that presence follows from. Instants on the monotonic clock, ms. */
export interface Signs {
  /** Null: not since this server started. */
  readonly heardMs: number | null;
  /** The device said good-bye, or the broker did for it. */
  readonly isOfflineTold: boolean;
  readonly periodMs: number | null;
  /** Since when the broker can be heard; null while it cannot. */
  readonly lineUpMs: number | null;
}

export interface Judged {
  readonly presence: Presence;
  /** In words; null while it is online. */
  readonly reason: string | null;
  /** When time alone changes it next; null: never. */
  readonly nextMs: number | null;
}

/** How far a device can be believed at `nowMs`. Its silence does not count while the broker is away. */
export function judgePresence({ heardMs, isOfflineTold, periodMs, lineUpMs }: Signs, nowMs: number): Judged {
  if (isOfflineTold) return { presence: 'offline', reason: 'it went offline', nextMs: null };
  if (heardMs === null) return { presence: 'unknown', reason: 'not heard since the server started', nextMs: null };
  const period = periodMs ?? USUAL_PERIOD_MS;
  const staleMs = heardMs + STALE_PERIODS * period;
  if (nowMs < staleMs) return { presence: 'online', reason: null, nextMs: staleMs };
  if (lineUpMs === null) return { presence: 'stale', reason: 'the MQTT broker is away', nextMs: null };
  const offlineMs = Math.max(heardMs, lineUpMs) + Math.max(OFFLINE_LEAST_MS, OFFLINE_PERIODS * period);
  if (nowMs < offlineMs) return { presence: 'stale', reason: 'it is silent', nextMs: offlineMs };
  return { presence: 'offline', reason: 'it has been silent for too long', nextMs: null };
}
