import type { PrimeStarted } from '@perista/protocol/api';

/** What the hold needs of the world. */
export interface HoldPorts {
  readonly start: () => Promise<PrimeStarted>;
  readonly renew: (doseId: string) => Promise<unknown>;
  readonly release: (doseId: string) => Promise<unknown>;
  /** Calls back after a while; gives what takes it back. */
  readonly after: (delayMs: number, fn: () => void) => () => void;
  readonly onEnd: (end: HoldEnd) => void;
}

export type HoldEnd = { readonly kind: 'let-go' } | { readonly kind: 'ended'; readonly error: unknown };

/** Renewals per hold: two may be lost before the pump rests. */
const RENEWALS_PER_HOLD = 3;

/**
 * A button that is held. Turning goes on only while renewals arrive; letting go, a lost answer or the end of the page
 * each end them, and then the pump rests by itself.
 */
export class PrimeHold {
  readonly #ports: HoldPorts;
  #isHeld = true;
  #cancelTimer = () => {};

  constructor(ports: HoldPorts) {
    this.#ports = ports;
    void this.#run();
  }

  /** The button was let go. Calling it again does nothing. */
  letGo(): void {
    this.#isHeld = false;
    this.#cancelTimer();
  }

  async #run(): Promise<void> {
    const { start, release, onEnd } = this.#ports;
    let started: PrimeStarted | undefined;
    try {
      started = await start();
      await this.#renewWhileHeld(started);
      await release(started.dose_id);
      onEnd({ kind: 'let-go' });
    } catch (error) {
      // Should it still turn, it is told to rest; should that be lost as well, the hold runs out.
      if (started !== undefined) void release(started.dose_id).catch(() => {});
      onEnd({ kind: 'ended', error });
    }
  }

  async #renewWhileHeld({ dose_id, hold_ms }: PrimeStarted): Promise<void> {
    while (this.#isHeld) {
      await this.#pause(hold_ms / RENEWALS_PER_HOLD);
      if (this.#isHeld) await this.#ports.renew(dose_id);
    }
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const takeBack = this.#ports.after(delayMs, resolve);
      this.#cancelTimer = () => {
        takeBack();
        resolve();
      };
    });
  }
}
