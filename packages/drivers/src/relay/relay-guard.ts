import type { Cancel, Clock } from '@perista/core';
import type { SerialPort } from '../line/serial-port.ts';
import { GUARD_AT_START, type GuardEffect, type GuardInput, stepGuard } from './guard-machine.ts';
import { decodeOrder, encodeAnswer, encodeGreeting } from './guard-words.ts';
import { bytesOfLine, LineSplitter } from './line-splitter.ts';
import type { RelayLines } from './relay-lines.ts';

export interface GuardPorts {
  readonly clock: Clock;
  readonly lines: RelayLines;
  /** From and to whoever doses. Its loss turns all off. */
  readonly pipe: SerialPort;
}

/**
 * Obeys the orders from `pipe` until it is lost, brings something that is no order, or the lines fail. Resolves to the reason
 * when all relays are off; rejects with PeristaError E110 if that cannot be brought about.
 */
export class RelayGuard {
  readonly #ports: GuardPorts;
  readonly #splitter = new LineSplitter();
  readonly #dark = Promise.withResolvers<string>();
  #state = GUARD_AT_START;
  #cancelCut: Cancel = () => {};

  constructor(ports: GuardPorts) {
    this.#ports = ports;
  }

  run(): Promise<string> {
    const { pipe, lines } = this.#ports;
    pipe.onClose(() => this.end('whoever gave the orders is gone'));
    pipe.onData((bytes) => this.#hear(bytes));
    this.#say(encodeGreeting({ kind: 'armed', channels: lines.channels }));
    return this.#dark.promise;
  }

  end(why: string): void {
    this.#step({ kind: 'end', why });
  }

  #hear(bytes: Uint8Array): void {
    const words = this.#splitter.take(bytes);
    if (words === null) this.end('what came is no order');
    for (const line of words ?? []) {
      const order = decodeOrder(line, this.#ports.lines.channels);
      if (order === null) this.end(`"${line}" is no order`);
      else this.#step({ kind: 'order', ...order });
    }
  }

  #step(input: GuardInput): void {
    const { clock } = this.#ports;
    const [next, effects] = stepGuard(this.#state, input, clock.monotonicMs());
    this.#state = next;
    this.#cancelCut();
    if (next.untilMs !== null) {
      this.#cancelCut = clock.after(next.untilMs - clock.monotonicMs(), () => this.#step({ kind: 'time' }));
    }
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: GuardEffect): void {
    const { lines } = this.#ports;
    switch (effect.kind) {
      case 'answer':
        this.#say(encodeAnswer(effect.wasOnMs));
        break;
      case 'drive':
        lines.write(effect.channel).then(
          () => this.#step({ kind: 'written' }),
          (thrown) => this.end(thrown instanceof Error ? thrown.message : String(thrown)),
        );
        break;
      case 'finish':
        lines.write(null).then(() => this.#dark.resolve(effect.why), this.#dark.reject);
    }
  }

  /** Whoever cannot be told is noticed by the loss of the pipe. */
  #say(line: string): void {
    this.#ports.pipe.write(bytesOfLine(line)).catch(() => this.end('whoever gave the orders does not listen'));
  }
}
