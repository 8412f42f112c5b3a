import type { Store } from '@perista/controller';
import type { LogEvent, Notice } from '@perista/protocol/api';

/** What the books owe to each sink: what is composed already, and the events from a place in the log on. */
export interface OwedBySinks {
  /** The last event of which each sink has composed what it tells; sinks that are not there have none. */
  readonly places: Readonly<Record<string, number>>;
  /** All events after the first of these places. */
  readonly events: readonly LogEvent[];
  readonly messages: readonly { readonly topic: string; readonly body: string }[];
  readonly notices: readonly { readonly channel: string; readonly notice: Notice }[];
  /** Of posts to the remote log their bodies. */
  readonly posts: readonly string[];
  /** What was told to have begun and goes on, by its key. */
  readonly going: Readonly<Record<string, Notice>>;
  /** The least severity that each channel tells. */
  readonly channels: Readonly<Record<string, string>>;
}

interface EventRow extends Omit<LogEvent, 'at' | 'data'> {
  readonly at_ms: number;
  readonly data: string;
}

/** Reads what is new in the event log, and what is owed to others. */
export class SinkReader {
  #lastSeq: number | null = null;

  /** Nothing was read of the database that is there now. */
  get isStale(): boolean {
    return this.#lastSeq === null;
  }

  startOver(): void {
    this.#lastSeq = null;
  }

  /** Everything that is owed, from which on changes are told. */
  begin(store: Store): OwedBySinks {
    const sinks = store.all<{ sink: string; delivered_seq: number }>('SELECT sink, delivered_seq FROM outbox');
    const places = Object.fromEntries(sinks.map(({ sink, delivered_seq }) => [sink, delivered_seq]));
    this.#lastSeq = lastSeqOf(store);
    const going = store.all<{ alert_key: string; notice: string }>(
      'SELECT alert_key, notice FROM alerts WHERE over_at_ms IS NULL',
    );
    return {
      places,
      events: eventsAfter(store, Math.min(this.#lastSeq, ...Object.values(places))),
      messages: store.all('SELECT topic, body FROM mqtt_queue ORDER BY id'),
      notices: store
        .all<{ name: string; notice: string }>(
          `SELECT name, notice FROM notification_deliveries JOIN notification_channels USING (channel_id)
           WHERE state = 'waiting' ORDER BY seq`,
        )
        .map(({ name, notice }) => ({ channel: name, notice: JSON.parse(notice) as Notice })),
      posts: store.all<{ body: string }>('SELECT body FROM remote_log ORDER BY seq').map(({ body }) => body),
      going: Object.fromEntries(going.map(({ alert_key, notice }) => [alert_key, JSON.parse(notice) as Notice])),
      channels: Object.fromEntries(
        store
          .all<{ name: string; filter: string }>('SELECT name, filter FROM notification_channels')
          .map(({ name, filter }) => [name, (JSON.parse(filter) as { severity: string }).severity]),
      ),
    };
  }

  /** Events that are new. */
  changes(store: Store): LogEvent[] {
    if (this.#lastSeq === null) return [];
    const events = eventsAfter(store, this.#lastSeq);
    this.#lastSeq = events.at(-1)?.seq ?? this.#lastSeq;
    return events;
  }
}

const lastSeqOf = (store: Store): number =>
  store.get<{ seq: number }>('SELECT coalesce(max(seq), 0) AS seq FROM events')?.seq ?? 0;

const eventsAfter = (store: Store, seq: number): LogEvent[] =>
  store
    .all<EventRow>('SELECT * FROM events WHERE seq > ? ORDER BY seq', seq)
    .map(({ at_ms, data, ...row }) => ({ ...row, at: new Date(at_ms).toISOString(), data: JSON.parse(data) }));

/** What waits in the books to be told, by sink, in words; null where nothing does. Notices that are held back are left out. */
export function waitingFor(store: Store, wallMs: number): string | null {
  const count = (sql: string, ...params: number[]) => store.get<{ n: number }>(sql, ...params)?.n ?? 0;
  const messages = count('SELECT count(*) AS n FROM mqtt_queue');
  const posts = count('SELECT count(*) AS n FROM remote_log');
  const notices = count(
    "SELECT count(*) AS n FROM notification_deliveries WHERE state = 'waiting' AND (not_before_ms <= ? OR queued_at_ms > ?)",
    ...[Math.floor(wallMs), Math.floor(wallMs)],
  );
  const composed = count('SELECT coalesce(min(delivered_seq), 0) AS n FROM outbox');
  const events = count('SELECT count(*) AS n FROM events WHERE seq > ?', composed);
  if (events > 0) return `${events} events are not composed for those who are told`;
  if (messages + posts + notices === 0) return null;
  return `${messages} messages, ${notices} notices and ${posts} posts of the remote log wait`;
}
