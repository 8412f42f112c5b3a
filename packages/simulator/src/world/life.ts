import type { Cancel } from '@perista/core';

/** Thrown through code whose process has died inside a call that cannot wait: nothing it still does has an effect. */
export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

/** At which port call a process dies, and whether that call still takes effect. */
export interface Doom {
  /** Calls that it makes before. */
  readonly afterCalls: number;
  readonly takesEffect: boolean;
}

const never = () => new Promise<never>(() => {});

/**
 * One run of a process. It ends at an instant of the clock or in the middle of any call at a port; from then on nothing
 * of it acts: every port that it was given asks here first.
 */
export class Life {
  #isOver = false;
  #frozen: { readonly promise: Promise<void>; readonly resolve: () => void } | null = null;
  #waiting: (() => void)[] = [];
  #doom: Doom | null = null;
  readonly #atEnd = new Set<() => void>();
  readonly #onBug: (thrown: unknown) => void;

  /** `onBug` hears what the process threw where nobody catches: the process ends then. */
  constructor(onBug: (thrown: unknown) => void) {
    this.#onBug = onBug;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Calls back when it ends, unless that is cancelled. */
  onEnd(tidy: () => void): Cancel {
    this.#atEnd.add(tidy);
    return () => void this.#atEnd.delete(tidy);
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const tidy of this.#atEnd) tidy();
  }

  /** Lets it die at a port call to come; null lets it live after all. */
  doom(doom: Doom | null): void {
    this.#doom = doom;
  }

  /** Nothing of it runs until it thaws; what came meanwhile comes then, in order, as to a process that was stopped. */
  freeze(): void {
    this.#frozen ??= Promise.withResolvers<void>();
  }

  thaw(): void {
    this.#frozen?.resolve();
    this.#frozen = null;
    for (const work of this.#waiting.splice(0)) this.hear(work);
  }

  /** The world calls into the process: a timer, a frame, a byte. */
  hear(work: () => void): void {
    if (this.#isOver) return;
    if (this.#frozen !== null) {
      this.#waiting.push(work);
      return;
    }
    try {
      work();
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  /** Something was thrown where nobody catches. */
  fail(thrown: unknown): void {
    if (!(thrown instanceof ProcessDied)) this.#onBug(thrown);
    this.end();
  }

  /** A call that is waited for: a dead process never gets its answer. */
  async act<T>(work: () => T | Promise<T>): Promise<T> {
    const diesAfter = this.#count();
    if (this.#isOver) return never();
    const answer = await Promise.resolve(work()).then(
      (value) => ({ value }),
      (thrown: unknown) => ({ thrown }),
    );
    while (this.#frozen !== null) await this.#frozen.promise;
    if (diesAfter) this.end();
    if (this.#isOver) return never();
    if ('thrown' in answer) throw answer.thrown;
    return answer.value;
  }

  /** A call that tells and hears nothing. */
  tell<T>(work: () => T, toTheDead: T): T {
    const diesAfter = this.#count();
    if (this.#isOver) return toTheDead;
    const done = work();
    if (diesAfter) this.end();
    return done;
  }

  /** A call that is answered at once. @throws ProcessDied */
  callNow<T>(work: () => T): T {
    const diesAfter = this.#count();
    if (this.#isOver) throw new ProcessDied();
    const done = work();
    if (diesAfter) this.end();
    if (this.#isOver) throw new ProcessDied();
    return done;
  }

  /** Whether this call is its last and takes effect; one that does not take effect ends it here. */
  #count(): boolean {
    if (this.#doom === null || this.#isOver) return false;
    if (this.#doom.afterCalls > 0) {
      this.#doom = { ...this.#doom, afterCalls: this.#doom.afterCalls - 1 };
      return false;
    }
    const { takesEffect } = this.#doom;
    if (!takesEffect) this.end();
    return takesEffect;
  }
}
