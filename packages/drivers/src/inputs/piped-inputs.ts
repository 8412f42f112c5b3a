import { type Clock, type InputName, type InputReadings, PeristaError, withDeadline } from '@perista/core';
import type { OpenSerialPort, SerialPort } from '../line/serial-port.ts';
import { bytesOfLine } from '../relay/line-splitter.ts';
import type { InputSource } from './input-source.ts';
import { decodeInputs, READ_INPUTS } from './input-words.ts';

/** Without an answer by then the inputs are lost, ms. */
const ANSWER_LIMIT_MS = 300;

/** Longer than any answer. */
const LONGEST_ANSWER = 16_384;

const latin1 = new TextDecoder('latin1');

/** Inputs behind a byte pipe. The pipe is opened when it is first needed, and again when it was lost. */
export class PipedInputs implements InputSource {
  readonly wired: ReadonlyMap<string, readonly InputName[]>;
  readonly #openPipe: OpenSerialPort;
  readonly #clock: Clock;
  #pipe: SerialPort | null = null;
  #answer: PromiseWithResolvers<string> | null = null;

  constructor(wired: InputSource['wired'], openPipe: OpenSerialPort, clock: Clock) {
    this.wired = wired;
    this.#openPipe = openPipe;
    this.#clock = clock;
  }

  async read(): Promise<ReadonlyMap<string, InputReadings>> {
    try {
      const pipe = this.#pipe ?? (await this.#open());
      this.#pipe = pipe;
      const answer = Promise.withResolvers<string>();
      this.#answer = answer;
      await pipe.write(bytesOfLine(READ_INPUTS));
      const line = await withDeadline(this.#clock, ANSWER_LIMIT_MS, answer.promise, () => inputsAreLost('no answer'));
      const inputs = decodeInputs(line);
      if (inputs === null) throw inputsAreLost(`"${line}" is no answer`);
      return inputs;
    } catch (cause) {
      await this.close();
      throw cause instanceof PeristaError && cause.code === 'E114' ? cause : inputsAreLost(String(cause), cause);
    }
  }

  async close(): Promise<void> {
    const pipe = this.#pipe;
    this.#pipe = null;
    await pipe?.close();
  }

  async #open(): Promise<SerialPort> {
    const pipe = await this.#openPipe();
    let rest = '';
    pipe.onClose(() => {
      this.#answer?.reject(inputsAreLost('the pipe is closed'));
      if (this.#pipe === pipe) this.#pipe = null;
    });
    pipe.onData((bytes) => {
      const lines = (rest + latin1.decode(bytes)).split('\n');
      rest = (lines.pop() ?? '').slice(-LONGEST_ANSWER);
      for (const line of lines) this.#answer?.resolve(line);
    });
    return pipe;
  }
}

const inputsAreLost = (why: string, cause?: unknown) =>
  new PeristaError('E114', `The inputs of the pumps cannot be read: ${why}`, { cause });
