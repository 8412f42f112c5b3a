import type { LogEvent, Notice, NotificationFilter } from '@perista/protocol/api';
import type { PeerName } from '../outside/peers.ts';
import { DeliveryBook } from './delivery-book.ts';
import type { Verdict } from './invariant.ts';
import { isTold, NoticeModel, type OwedNotice } from './notice-model.ts';
import type { OwedBySinks } from './sink-reader.ts';

interface Channel {
  readonly least: string;
  readonly book: DeliveryBook;
}

/** A notice in what its channel shows of it; ntfy and Alertmanager are shown no id. */
const VIEWS: Readonly<Record<string, (notice: Pick<OwedNotice, 'id' | 'status'>) => string>> = {
  webhook: ({ id, status }) => `${id} ${status}`,
  mail: ({ id, status }) => `${id}${status === 'over' ? ' over' : ''}`,
};
const IN_MAIL = /\((doser-\d+)\)$/;
const OVER = '] Over: ';

/** What each channel of the unit is owed. */
export class ChannelBooks {
  readonly #model = new NoticeModel();
  readonly #channels = new Map<string, Channel>();

  constructor({ channels, notices, going }: Pick<OwedBySinks, 'channels' | 'notices' | 'going'>) {
    for (const [name, least] of Object.entries(channels)) this.#add(name, least);
    this.#model.begin(going);
    for (const { channel, notice } of notices) {
      // Of what waits nobody can tell here whether it is held back.
      this.#channels.get(channel)?.book.owe(VIEWS[channel]?.(notice) ?? '', notice.status !== 'once');
    }
  }

  get missing(): string | null {
    for (const { book } of this.#channels.values()) if (book.missing !== null) return book.missing;
    return null;
  }

  hear(event: LogEvent): void {
    if (event.kind === 'notification_channel_created') {
      const { name, filter } = event.data.after as { name: string; filter: NotificationFilter };
      this.#add(name, filter.severity);
    }
    const notice = this.#model.hear(event);
    if (notice === null) return;
    for (const [name, { least, book }] of this.#channels) if (isTold(notice, least)) this.#owe(name, book, notice);
  }

  /** What was sent to the channel of that name. */
  take(channel: PeerName, address: string, body: string): Verdict {
    const book = this.#channels.get(channel)?.book;
    if (book === undefined) return null;
    if (channel === 'webhook') {
      const { id, status } = JSON.parse(body) as Notice;
      return book.take(`${id} ${status}`);
    }
    const id = IN_MAIL.exec(body)?.[1];
    return id === undefined
      ? `channel ${channel} was told ${body}`
      : book.take(`${id}${address.includes(OVER) ? ' over' : ''}`);
  }

  /** What waits may be too old to be told. */
  excuse(): void {
    for (const { book } of this.#channels.values()) book.excuse();
  }

  #add(name: string, least: string): void {
    if (VIEWS[name] !== undefined) this.#channels.set(name, { least, book: new DeliveryBook(`channel ${name}`) });
  }

  /** What is over before its beginning was tried is told to nobody. */
  #owe(name: string, book: DeliveryBook, notice: OwedNotice): void {
    const view = VIEWS[name];
    if (view === undefined) return;
    const begun = view({ ...notice, status: 'begun' });
    const mayBeWithdrawn = notice.status === 'over' && book.isOwed(begun);
    if (mayBeWithdrawn) book.excuse(begun);
    book.owe(view(notice), notice.isHeld || mayBeWithdrawn);
  }
}
