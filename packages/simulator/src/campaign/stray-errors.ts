import { ProcessDied } from '../world/life.ts';
import type { UnitWorld } from '../world/unit-world.ts';

/**
 * In a process of its own, an error that nobody catches ends that process; here it is one among several worlds' lives.
 * What dead code throws is nothing; the rest is a bug of the world that lives now.
 */
export class StrayErrors {
  #world: UnitWorld | null = null;

  constructor() {
    for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
      process.on(event, (thrown: unknown) => {
        if (thrown instanceof ProcessDied) return;
        if (this.#world === null) throw thrown;
        this.#world.onStray(thrown);
      });
    }
  }

  belongTo(world: UnitWorld | null): void {
    this.#world = world;
  }
}
