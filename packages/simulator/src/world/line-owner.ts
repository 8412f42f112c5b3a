import type { Life } from './life.ts';

/** Lines that a kernel gives to one process at a time. */
export class LineOwner {
  #owner: Life | null = null;

  /** Whether they are free for it, and its own from now on. */
  take(life: Life): boolean {
    if (this.#owner !== null && !this.#owner.isOver) return false;
    this.#owner = life;
    return true;
  }

  giveBack(life: Life): void {
    if (this.#owner === life) this.#owner = null;
  }
}
