import { Readable } from 'node:stream';
import { LIMITS } from './broker-limits.ts';
import { matches } from './topic-filter.ts';

/** A message as the broker keeps it. */
export interface KeptPacket {
  readonly topic: string;
  readonly payload: string | Uint8Array;
  readonly brokerId?: string;
}

interface Named {
  readonly id: string;
}

/**
 * What aedes keeps between two packets, in memory and no more than the limits: retained messages, wills, and the numbers
 * of messages at QoS 2 that were not released. No sessions: whoever was away subscribes anew and has missed what it missed.
 */
export class SessionlessPersistence {
  readonly #retained = new Map<string, KeptPacket>();
  readonly #wills = new Map<string, KeptPacket>();
  /** By connection, not by name: what it left behind goes with it. */
  readonly #unreleased = new WeakMap<object, Set<number>>();
  #retainedBytes = 0;
  #brokerId = '';

  /** Whether a client may have so much more kept. */
  hasRoomFor(topic: string, bytes: number): boolean {
    const { topics, bytes: most } = LIMITS.retained;
    const known = this.#retained.get(topic);
    const isOneMore = known === undefined && bytes > 0;
    const after = this.#retainedBytes + topic.length + bytes - (known === undefined ? 0 : sizeOf(known));
    return bytes === 0 || (this.#retained.size + (isOneMore ? 1 : 0) <= topics && after <= most);
  }

  /**
   * Whether a message was kept and is not what is kept now. Who subscribes is told what is kept while news come in: what was
   * replaced meanwhile must not come after its successor.
   */
  isReplaced({ topic, payload }: KeptPacket): boolean {
    return payload.length > 0 && this.#retained.get(topic)?.payload !== payload;
  }

  // Asked for by aedes, which wants each of them to be asynchronous.

  async setup({ id }: Named): Promise<void> {
    this.#brokerId = id;
  }

  async storeRetained(packet: KeptPacket): Promise<void> {
    const known = this.#retained.get(packet.topic);
    if (known !== undefined) this.#retainedBytes -= sizeOf(known);
    this.#retained.delete(packet.topic);
    if (packet.payload.length === 0) return;
    this.#retained.set(packet.topic, { ...packet });
    this.#retainedBytes += sizeOf(packet);
  }

  createRetainedStreamCombi(filters: readonly string[]): Readable {
    const kept = [...this.#retained.values()];
    return Readable.from(kept.filter(({ topic }) => filters.some((filter) => matches(filter, topic))));
  }

  async putWill({ id }: Named, packet: KeptPacket): Promise<void> {
    this.#wills.set(id, Object.assign(packet, { brokerId: this.#brokerId, clientId: id }));
  }

  async getWill({ id }: Named): Promise<KeptPacket | undefined> {
    return this.#wills.get(id);
  }

  async delWill({ id }: Named): Promise<KeptPacket | undefined> {
    const will = this.#wills.get(id);
    this.#wills.delete(id);
    return will;
  }

  streamWill(brokers: Readonly<Record<string, unknown>> = {}): Readable {
    return Readable.from([...this.#wills.values()].filter(({ brokerId }) => !((brokerId ?? '') in brokers)));
  }

  async incomingStorePacket(client: object, { messageId }: { readonly messageId: number }): Promise<void> {
    const numbers = this.#unreleased.get(client) ?? new Set();
    this.#unreleased.set(client, numbers.add(messageId));
  }

  /** Rejects where there is none, as aedes expects. */
  async incomingGetPacket(client: object, packet: { readonly messageId: number }): Promise<object> {
    if (this.#unreleased.get(client)?.has(packet.messageId) === true) return packet;
    throw new Error('no such packet');
  }

  async incomingDelPacket(client: object, { messageId }: { readonly messageId: number }): Promise<void> {
    this.#unreleased.get(client)?.delete(messageId);
  }

  // Of sessions that outlive their connection: there are none.

  async addSubscriptions(): Promise<void> {}
  async removeSubscriptions(): Promise<void> {}
  async cleanSubscriptions(): Promise<void> {}
  async subscriptionsByClient(): Promise<never[]> {
    return [];
  }
  async subscriptionsByTopic(): Promise<never[]> {
    return [];
  }
  async outgoingEnqueue(): Promise<void> {}
  async outgoingEnqueueCombi(): Promise<void> {}
  async outgoingUpdate(): Promise<void> {}
  async outgoingClearMessageId(): Promise<undefined> {
    return undefined;
  }
  outgoingStream(): Readable {
    return Readable.from([]);
  }
}

const sizeOf = ({ topic, payload }: KeptPacket): number => topic.length + payload.length;
