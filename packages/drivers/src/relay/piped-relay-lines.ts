import { type Clock, PeristaError, withDeadline } from '@perista/core';
import type { OpenSerialPort, SerialPort } from '../line/serial-port.ts';
import { bytesOfLine, LineSplitter } from './line-splitter.ts';
import type { OpenRelayLines, RelayLines } from './relay-lines.ts';

/** Without an answer by then the lines are lost, ms. */
const ANSWER_LIMIT_MS = 1_000;

/**
 * Relay lines behind a byte pipe, in place of GPIO. `drive 3` or `drive 0` is answered by `driven 3 of 6` or
 * `driven 0 of 6` once it is.
 */
export function pipedRelayLines(openPipe: OpenSerialPort, clock: Clock): OpenRelayLines {
  return async () => {
    const pipe = await openPipe().catch((cause) => Promise.reject(linesAreLost(cause)));
    const lines = new PipedRelayLines(pipe, clock);
    try {
      await lines.write(null);
      return lines;
    } catch (thrown) {
      await pipe.close();
      throw thrown;
    }
  };
}

class PipedRelayLines implements RelayLines {
  readonly #pipe: SerialPort;
  readonly #clock: Clock;
  readonly #splitter = new LineSplitter();
  readonly #answers: ReturnType<typeof Promise.withResolvers<string>>[] = [];
  #channels = 0;
  #isLost = false;

  constructor(pipe: SerialPort, clock: Clock) {
    this.#pipe = pipe;
    this.#clock = clock;
    pipe.onClose(() => {
      this.#isLost = true;
      for (const answer of this.#answers.splice(0)) answer.reject(linesAreLost());
    });
    pipe.onData((bytes) => {
      const words = this.#splitter.take(bytes);
      if (words === null) void pipe.close();
      for (const line of words ?? []) this.#answers.shift()?.resolve(line);
    });
  }

  /** Known from the first answer on. */
  get channels(): number {
    return this.#channels;
  }

  async write(channel: number | null): Promise<void> {
    const number = channel ?? 0;
    const answer = this.#answer();
    this.#pipe.write(bytesOfLine(`drive ${number}`)).catch(() => this.#pipe.close());
    const line = await answer;
    const [, driven, channels] = /^driven (\d{1,2}) of (\d{1,2})$/.exec(line) ?? [];
    if (Number(driven) !== number) throw linesAreLost(`"${line}" does not answer "drive ${number}"`);
    this.#channels = Number(channels);
  }

  close(): Promise<void> {
    return this.#pipe.close();
  }

  #answer(): Promise<string> {
    if (this.#isLost) return Promise.reject(linesAreLost());
    const answer = Promise.withResolvers<string>();
    this.#answers.push(answer);
    return withDeadline(this.#clock, ANSWER_LIMIT_MS, answer.promise, () => linesAreLost('no answer'));
  }
}

const linesAreLost = (cause?: unknown) =>
  new PeristaError(
    'E110',
    `The lines of the relays cannot be driven${cause === undefined ? '' : `: ${reasonOf(cause)}`}`,
    {
      cause,
    },
  );

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
