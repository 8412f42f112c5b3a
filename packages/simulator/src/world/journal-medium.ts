import type { JournalStorage } from '@perista/agent';
import { type Clock, PeristaError, type Random, sleep } from '@perista/core';
import type { Life } from './life.ts';

/** Who is told what a medium holds as soon as it holds it. */
export type OnBlob = (name: string, bytes: Uint8Array) => void;

/** What can be wrong with the medium. */
export interface MediumConditions {
  /** Probability that a write fails and leaves what was there. */
  failure: number;
  /** Time that a write takes until it is durable, ms. */
  writeMs: number;
}

/**
 * The medium of an agent's journal: it outlives every agent. A process that dies in a write leaves the first bytes of
 * the new record before the rest of the old one.
 */
export class JournalMedium {
  readonly blobs = new Map<string, Uint8Array>();
  readonly conditions: MediumConditions = { failure: 0, writeMs: 1 };
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #onBlob: OnBlob;

  constructor(clock: Clock, random: Random, onBlob: OnBlob) {
    this.#clock = clock;
    this.#random = random;
    this.#onBlob = onBlob;
  }

  /** The medium as one run of the agent has it in hand. */
  storageFor(life: Life): JournalStorage {
    return {
      list: () => life.act(() => [...this.blobs.keys()]),
      read: (name) => life.act(() => this.blobs.get(name)?.slice() ?? null),
      write: (name, bytes) => this.#write(life, name, bytes),
      remove: (name) => life.act(() => void this.blobs.delete(name)),
      close: () => life.act(() => {}),
    };
  }

  /** Flips one bit of `name`, or of any blob; the name of what was hit. */
  flipBit(name?: string): string | null {
    const names = [...this.blobs.keys()].sort();
    const victim = name ?? names[Math.floor(this.#random.unit() * names.length)];
    const bytes = victim === undefined ? undefined : this.blobs.get(victim);
    if (victim === undefined || bytes === undefined || bytes.length === 0) return null;
    const at = Math.floor(this.#random.unit() * bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(8 * this.#random.unit()));
    return victim;
  }

  async #write(life: Life, name: string, bytes: Uint8Array): Promise<void> {
    const fails = this.conditions.failure > 0 && this.#random.unit() < this.conditions.failure;
    await life.act(async () => {
      const done = life.onEnd(() => this.#tear(name, bytes));
      await sleep(this.#clock, this.conditions.writeMs);
      if (life.isOver) return;
      done();
      if (fails) throw new PeristaError('E303', 'The medium of the journal took no bytes');
      this.blobs.set(name, bytes.slice());
      this.#onBlob(name, bytes);
    });
  }

  #tear(name: string, bytes: Uint8Array): void {
    const cut = Math.floor(this.#random.unit() * (bytes.length + 1));
    if (cut === 0) return;
    const old = this.blobs.get(name);
    const torn = new Uint8Array(Math.max(cut, old?.length ?? 0));
    if (old !== undefined) torn.set(old);
    torn.set(bytes.subarray(0, cut));
    this.blobs.set(name, torn);
    this.#onBlob(name, torn);
  }
}
