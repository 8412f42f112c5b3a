import type { Log } from '@perista/core';
import type { Dose, LogEvent } from '@perista/protocol/api';

/** What is told inside the process, after it is durable where it is to be. */
export interface BusTopics {
  readonly event: LogEvent;
  readonly 'dose-progress': {
    readonly doseId: string;
    readonly pumpId: string;
    readonly progress: NonNullable<Dose['progress']>;
  };
  /** A session or token is over, or may do other things than before: what it keeps open is to be closed. */
  readonly 'login-ended': { readonly loginId: string };
  /** A user may see other devices than before. */
  readonly 'device-rights': { readonly username: string };
  /** What the agent says about a pump has changed, or the agent itself came or went (`pumpId` null). */
  readonly 'pump-state': { readonly pumpId: string | null };
}

type Topic = keyof BusTopics;
type Listener<T extends Topic> = (news: BusTopics[T]) => void;

interface Subscription {
  readonly owner: object;
  readonly topic: Topic;
  readonly listener: (news: never) => void;
}

/** Listeners have an owner, who removes them all at once. A listener that throws does not disturb the others. */
export class EventBus {
  readonly #log: Log;
  #subscriptions: readonly Subscription[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  subscribe<T extends Topic>(owner: object, topic: T, listener: Listener<T>): void {
    this.#subscriptions = [...this.#subscriptions, { owner, topic, listener }];
  }

  unsubscribeAll(owner: object): void {
    this.#subscriptions = this.#subscriptions.filter((subscription) => subscription.owner !== owner);
  }

  publish<T extends Topic>(topic: T, news: BusTopics[T]): void {
    for (const subscription of this.#subscriptions) {
      if (subscription.topic !== topic) continue;
      try {
        (subscription.listener as Listener<T>)(news);
      } catch (error) {
        this.#log.error({ reason: String(error), topic }, 'a listener on the bus failed');
      }
    }
  }
}
