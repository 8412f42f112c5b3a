import type { Publication } from '@perista/controller/mqtt';
import type { Clock, Random } from '@perista/core';
import { DEVICE_TOPICS, type UpTopicName } from '@perista/protocol/fleet';
import { type Habits, happens } from './habits.ts';

/** What becomes of messages on their way out of a device with bad habits. */
export class Mischief {
  readonly #habits: Habits;
  readonly #random: Random;
  readonly #clock: Clock;
  #silentUntilMs = 0;
  #held: Publication | null = null;

  constructor(habits: Habits, { random, clock }: { random: Random; clock: Clock }) {
    this.#habits = habits;
    this.#random = random;
    this.#clock = clock;
  }

  hush(forMs: number): void {
    this.#silentUntilMs = this.#clock.monotonicMs() + forMs;
  }

  /** What goes out now in place of one message. */
  spoil(name: UpTopicName, publication: Publication): readonly Publication[] {
    if (this.#clock.monotonicMs() < this.#silentUntilMs) return [];
    const out = [publication];
    if (this.#does('duplicates')) out.push(publication);
    if (!DEVICE_TOPICS[name].retain && this.#does('retained-events')) out.push({ ...publication, retain: true });
    const held = this.#held;
    this.#held = null;
    if (held !== null) return [...out, held];
    if (!this.#does('out-of-order')) return out;
    this.#held = publication;
    return out.slice(1);
  }

  #does(name: 'duplicates' | 'retained-events' | 'out-of-order'): boolean {
    return happens(this.#habits, name, this.#random);
  }
}
