import { PeristaError } from '../errors/perista-error.ts';

/** Gives the lock on; calling it again does nothing. */
export type Release = () => void;

/** A place in the queue of one group. */
export interface Claim {
  /** Resolves when the claim holds the group; rejects with E406 once it was abandoned. */
  readonly granted: Promise<Release>;
  /** Leaves the queue. Without effect on a claim that was granted: then only its release counts. */
  abandon(): void;
}

interface Waiter {
  readonly owner: string;
  grant(release: Release): void;
}

interface Group {
  holder: string;
  readonly waiters: Waiter[];
}

/**
 * Mutual exclusion by group. On release the lock is handed to the first waiter without ever being marked free, so a
 * newcomer cannot slip in between; it becomes free only when nobody waits.
 */
export class Interlock {
  readonly #groups = new Map<string, Group>();

  /** Who holds the group, or undefined if it is free. */
  holder(group: string): string | undefined {
    return this.#groups.get(group)?.holder;
  }

  /** Takes the group at once, or returns null if it is held. */
  tryAcquire(group: string, owner: string): Release | null {
    if (this.#groups.has(group)) return null;
    this.#groups.set(group, { holder: owner, waiters: [] });
    return this.#releaseOnce(group);
  }

  /** Takes the group, or waits in line for it. */
  acquire(group: string, owner: string): Claim {
    const release = this.tryAcquire(group, owner);
    if (release !== null) return { granted: Promise.resolve(release), abandon() {} };
    return this.#waitInLine(group, owner);
  }

  #waitInLine(group: string, owner: string): Claim {
    const waiters = this.#groups.get(group)?.waiters ?? [];
    let abandon = () => {};
    const granted = new Promise<Release>((grant, reject) => {
      const waiter: Waiter = { owner, grant };
      waiters.push(waiter);
      abandon = () => {
        const place = waiters.indexOf(waiter);
        if (place === -1) return;
        waiters.splice(place, 1);
        reject(new PeristaError('E406', `${owner} no longer waits for ${group}`, { details: { group, owner } }));
      };
    });
    return { granted, abandon };
  }

  #releaseOnce(group: string): Release {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#handOver(group);
    };
  }

  #handOver(name: string): void {
    const group = this.#groups.get(name);
    const next = group?.waiters.shift();
    if (group === undefined || next === undefined) {
      this.#groups.delete(name);
      return;
    }
    group.holder = next.owner;
    next.grant(this.#releaseOnce(name));
  }
}
