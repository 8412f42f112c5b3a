import type { LogEvent } from '@perista/protocol/api';
import { errorMessage, eventMessage } from '@perista/protocol/mqtt';
import type { PeerName } from '../../outside/peers.ts';
import { ChannelBooks } from '../channel-books.ts';
import { DeliveryBook } from '../delivery-book.ts';
import type { Invariant, Verdict } from '../invariant.ts';
import { postOf, postOwedFor } from '../remote-post.ts';
import type { OwedBySinks } from '../sink-reader.ts';

const EVENTS = ['doser/events', 'tele/doser/events'] as const;
const ERRORS = ['doser/errors', 'tele/doser/errors'] as const;
/** Setting the clock by so much makes what waits too old to be told, ms. */
const TOO_OLD_MS = 43_200_000;

/** A sink as the unit has it, if it has it. */
interface Books {
  readonly topics: ReadonlyMap<string, DeliveryBook>;
  readonly channels: ChannelBooks;
  readonly log: DeliveryBook | null;
}

export const sinksAreTold: Invariant = {
  id: 'I19',
  rule: 'each event is told to each sink at least once, in order',
  begin() {
    let books: Books | null = null;

    const hear = (event: LogEvent, places: OwedBySinks['places'] = {}) => {
      if (books === null) return;
      const isNew = (sink: string) => event.seq > (places[sink] ?? -1);
      if (books.topics.size > 0 && isNew('mqtt')) {
        const [told, error] = [eventMessage(event), errorMessage(event)];
        for (const topic of EVENTS) if (told !== null) books.topics.get(topic)?.owe(JSON.stringify(told));
        for (const topic of ERRORS) if (error !== null) books.topics.get(topic)?.owe(JSON.stringify(error));
      }
      if (isNew('notifications')) books.channels.hear(event);
      const post = isNew('remote-log') ? postOwedFor(event) : null;
      if (post !== null) books.log?.owe(post);
    };
    const begin = (owed: OwedBySinks) => {
      const hasBroker = owed.places.mqtt !== undefined;
      books = {
        topics: new Map(hasBroker ? [...EVENTS, ...ERRORS].map((topic) => [topic, new DeliveryBook(topic)]) : []),
        channels: new ChannelBooks(owed),
        log: owed.places['remote-log'] === undefined ? null : new DeliveryBook('the remote log'),
      };
      for (const { topic, body } of owed.messages) {
        for (const each of topic === 'events' ? EVENTS : ERRORS) books.topics.get(each)?.owe(body);
      }
      for (const body of owed.posts) books.log?.owe(postOf(body).key);
      for (const event of owed.events) hear(event, owed.places);
    };
    const take = (peer: PeerName, address: string, body: string): Verdict => {
      if (books === null) return null;
      if (peer !== 'log') return books.channels.take(peer, address, body);
      const { key, token } = postOf(body);
      return books.log?.take(key, token) ?? null;
    };
    const missing = (): Verdict => {
      if (books === null) return null;
      for (const { missing: owed } of books.topics.values()) if (owed !== null) return owed;
      return books.channels.missing ?? books.log?.missing ?? null;
    };
    return {
      owed: ({ owed }) => {
        begin(owed);
        return null;
      },
      'event-logged': ({ event }) => {
        hear(event);
        return null;
      },
      'backup-restored': () => {
        books = null;
        return null;
      },
      'clock-set': ({ byMs }) => {
        if (Math.abs(byMs) > TOO_OLD_MS) books?.channels.excuse();
        return null;
      },
      'mqtt-taken': ({ topic, body }) => {
        const book = books?.topics.get(topic);
        // What was wrong with an order is no event.
        if (book === undefined || !('seq' in JSON.parse(body))) return null;
        return book.take(body);
      },
      'peer-took': ({ peer, address, body }) => take(peer, address, body),
      quiet: missing,
      unrest: missing,
    };
  },
};
