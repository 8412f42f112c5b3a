import { type Clock, PeristaError } from '@perista/core';
import type { SerialPort } from '@perista/drivers';
import type { Life } from './life.ts';

/** What a byte takes from one process to the other, ms. */
const PIPE_MS = 0.3;
/** A guard that does not end when its pipe does is killed by whoever started it, ms. */
const END_LIMIT_MS = 300;

export interface GuardPipe {
  /** The agent's end: closed when the guard has ended. */
  readonly near: SerialPort;
  /** The guard's end: closed when nobody can write to it any more. */
  readonly far: SerialPort;
}

/** One direction of a pipe: bytes wait for a listener, and for a process that stands still. */
class Way {
  readonly #clock: Clock;
  readonly #reader: Life;
  readonly #early: Uint8Array[] = [];
  #listener: ((bytes: Uint8Array) => void) | null = null;

  constructor(clock: Clock, reader: Life) {
    this.#clock = clock;
    this.#reader = reader;
  }

  send(bytes: Uint8Array): void {
    this.#clock.after(PIPE_MS, () =>
      this.#reader.hear(() => {
        if (this.#listener === null) this.#early.push(bytes);
        else this.#listener(bytes);
      }),
    );
  }

  listen(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener;
    for (const bytes of this.#early.splice(0)) this.#reader.hear(() => listener(bytes));
  }
}

/** Stdin and stdout of the guard between two processes. */
export function guardPipe(clock: Clock, agent: Life, guard: Life): GuardPipe {
  const orders = new Way(clock, guard);
  const answers = new Way(clock, agent);
  const guardOver = Promise.withResolvers<void>();
  const ordersOver = Promise.withResolvers<void>();
  const endOrders = () => void clock.after(PIPE_MS, ordersOver.resolve);
  guard.onEnd(() => void clock.after(PIPE_MS, guardOver.resolve));
  agent.onEnd(endOrders);
  const near: SerialPort = {
    write: (bytes) =>
      agent.act(() => {
        if (guard.isOver) throw new PeristaError('E110', 'The guard of the relays is gone');
        orders.send(bytes);
      }),
    onData: (listener) => answers.listen(listener),
    onClose: (listener) => void guardOver.promise.then(() => agent.hear(listener)),
    close: () =>
      agent.act(() => {
        endOrders();
        clock.after(END_LIMIT_MS, () => guard.end());
        return guardOver.promise;
      }),
  };
  const far: SerialPort = {
    write: (bytes) => guard.act(() => answers.send(bytes)),
    onData: (listener) => orders.listen(listener),
    onClose: (listener) => void ordersOver.promise.then(() => guard.hear(listener)),
    close: () => guard.act(() => {}),
  };
  return { near, far };
}
