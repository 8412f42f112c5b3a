import type { ErrorCode } from '@perista/core';
import type { MqttCause } from '@perista/protocol/api';

export type Qos = 0 | 1 | 2;

/** What is published, with its last word where a connection is lost. */
export interface Publication {
  readonly topic: string;
  readonly body: string;
  readonly qos: Qos;
  readonly retain: boolean;
  /** Of a request that this answers (MQTT 5). */
  readonly correlationData?: Uint8Array | undefined;
}

/** What a broker handed over. */
export interface Arrival {
  readonly topic: string;
  readonly bytes: Uint8Array;
  readonly retain: boolean;
  readonly dup: boolean;
  /** Where the sender waits for an answer, and what it knows it by (MQTT 5). */
  readonly responseTopic?: string | undefined;
  readonly correlationData?: Uint8Array | undefined;
}

/** One connection, until it is lost. */
export interface MqttConnection {
  /** Whether it was handed over: at QoS 1 and 2 the broker has said so. Never rejects. */
  publish(publication: Publication): Promise<boolean>;
  /** Takes its leave of the broker. */
  close(): Promise<void>;
  /** Ends it at once, whatever is under way: the broker publishes the will. */
  drop(): void;
}

/** Why there is no connection. */
export interface MqttFailure {
  readonly code: ErrorCode;
  readonly cause: MqttCause;
  readonly reason: string;
}

export interface MqttDial {
  readonly clientId: string;
  /** Published by the broker when the connection is lost; nothing is without it. */
  readonly will?: Publication;
  /** Filters at QoS 1. */
  readonly filters: readonly string[];
  /** More of them, which the broker may refuse without more harm than that nothing comes. */
  readonly wishes?: readonly string[];
  onArrival(arrival: Arrival): void;
  /** Once, however it ended. */
  onLost(failure: MqttFailure): void;
}

/** The way to a broker. Each call is one attempt; nothing is tried again by itself. */
export interface MqttBroker {
  /** For people, without a secret. */
  readonly address: string;
  /** Whether it is the one that the unit brings along. */
  readonly isOwn?: boolean;
  /** Why it cannot be used, in words, where that is known without asking it; null if nothing is wrong. */
  trouble?(): string | null;
  dial(options: MqttDial): Promise<MqttConnection | MqttFailure>;
}

export const isConnection = (dialled: MqttConnection | MqttFailure): dialled is MqttConnection => 'publish' in dialled;
