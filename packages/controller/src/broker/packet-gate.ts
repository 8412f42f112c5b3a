import type { Clock } from '@perista/core';
import type { Packet } from 'mqtt-packet';
import { TokenBucket } from '../pacing/token-bucket.ts';
import { LIMITS } from './broker-limits.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const CONTROL = /[\u0000-\u001f\u007f-\u009f\ud800-\udfff\ufffe\uffff]/u;

/** Names that every object of JavaScript has: a table of names that is an object believes that it has them. */
const isInherited = (name: string): boolean => name in {};

/**
 * What stands between a client and the broker: it sees each packet before the broker does and says why the client has to
 * go, or null. It knows what one client may ask for; who may publish where is no business of it.
 */
export class PacketGate {
  readonly #packets: TokenBucket;
  readonly #bytes: TokenBucket;
  readonly #subscribed = new Set<string>();
  readonly #unreleased = new Set<number>();
  #isConnected = false;

  constructor(clock: Clock) {
    this.#packets = new TokenBucket(clock, LIMITS.packets);
    this.#bytes = new TokenBucket(clock, LIMITS.bytes);
  }

  /** So many bytes came, of packets that are whole or not. */
  weigh(bytes: number): string | null {
    return this.#bytes.take(bytes) ? null : 'it sends more than 1 MB a second';
  }

  look(packet: Packet): string | null {
    if (!this.#packets.take(1)) return `it sends more than ${LIMITS.packets.perSecond} packets a second`;
    if (hasDoubled(packet)) return 'it says a property twice';
    if (packet.cmd === 'connect') {
      if (this.#isConnected) return 'it connects twice';
      this.#isConnected = true;
      return clientIdTrouble(packet.clientId) ?? (packet.will === undefined ? null : topicTrouble(packet.will.topic));
    }
    if (!this.#isConnected) return 'it does not begin by connecting';
    switch (packet.cmd) {
      case 'publish': {
        const { responseTopic } = packet.properties ?? {};
        if (responseTopic !== undefined && topicTrouble(responseTopic) !== null) return topicTrouble(responseTopic);
        return topicTrouble(packet.topic) ?? (packet.qos === 2 ? this.#hold(packet.messageId) : null);
      }
      case 'pubrel':
        this.#unreleased.delete(packet.messageId ?? 0);
        return null;
      case 'subscribe':
        return firstOf(packet.subscriptions, ({ topic }) => this.#subscribe(topic));
      case 'unsubscribe':
        return firstOf(packet.unsubscriptions, (filter) => this.#unsubscribe(filter));
      default:
        return null;
    }
  }

  #hold(messageId = 0): string | null {
    this.#unreleased.add(messageId);
    return this.#unreleased.size > LIMITS.unreleased ? 'it leaves messages at QoS 2 unreleased' : null;
  }

  #subscribe(filter: string): string | null {
    this.#subscribed.add(filter);
    if (this.#subscribed.size > LIMITS.subscriptions) return `it has more than ${LIMITS.subscriptions} subscriptions`;
    return nameTrouble(filter);
  }

  #unsubscribe(filter: string): string | null {
    this.#subscribed.delete(filter);
    return nameTrouble(filter);
  }
}

/** What stands twice is read as a list, where everybody expects a word. */
const hasDoubled = (packet: Packet): boolean =>
  'properties' in packet &&
  Object.entries(packet.properties ?? {}).some(([name, value]) => name !== 'userProperties' && Array.isArray(value));

function firstOf<Item>(items: readonly Item[], look: (item: Item) => string | null): string | null {
  if (items.length > LIMITS.subscriptions) return `it names more than ${LIMITS.subscriptions} topics at once`;
  for (const item of items) {
    const trouble = look(item);
    if (trouble !== null) return trouble;
  }
  return null;
}

const topicTrouble = (topic: string): string | null =>
  /[+#]/.test(topic) ? 'it publishes to a topic with a wildcard' : nameTrouble(topic);

function nameTrouble(name: string): string | null {
  if (name.length > LIMITS.topicCharacters) return `its topic has more than ${LIMITS.topicCharacters} characters`;
  if (name.split('/').length > LIMITS.topicLevels) return `its topic has more than ${LIMITS.topicLevels} levels`;
  return CONTROL.test(name) || isInherited(name) ? 'its topic has a name that nothing has' : null;
}

/** An empty one is none yet: the broker gives one. */
function clientIdTrouble(clientId: string): string | null {
  if (clientId.length > LIMITS.clientIdCharacters) {
    return `its client id has more than ${LIMITS.clientIdCharacters} characters`;
  }
  const isOdd = /[+#]/.test(clientId) || CONTROL.test(clientId) || isInherited(clientId);
  return isOdd ? 'its client id has a name that nothing has' : null;
}
