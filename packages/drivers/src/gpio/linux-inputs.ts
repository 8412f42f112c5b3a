import { closeSync } from 'node:fs';
import { type InputName, type InputReadings, type Log, PeristaError } from '@perista/core';
import type { InputSource } from '../inputs/input-source.ts';
import { type Bias, encodeInputRequest, encodeOneAsked, GPIO_V2_LINE_GET_VALUES_IOCTL, isHigh } from './gpio-words.ts';
import { gpioCalls } from './linux-gpio.ts';

/** One input on a GPIO line. */
export interface GpioInput {
  readonly chip: string;
  readonly offset: number;
  readonly bias: Bias;
  /** The level at which all is well. */
  readonly okWhenHigh: boolean;
}

const CONSUMER = 'perista inputs';
const gpio = gpioCalls('E114');

/** Inputs on GPIO lines, each held by a request of its own; a line that cannot be taken is tried again at each look. */
export class LinuxInputs implements InputSource {
  readonly wired: ReadonlyMap<string, readonly InputName[]>;
  readonly #inputs: ReadonlyMap<string, { readonly [Name in InputName]?: GpioInput }>;
  readonly #log: Log;
  readonly #fds = new Map<GpioInput, number>();
  readonly #told = new Set<GpioInput>();

  constructor(inputs: ReadonlyMap<string, { readonly [Name in InputName]?: GpioInput }>, log: Log) {
    this.#inputs = inputs;
    this.#log = log;
    this.wired = new Map([...inputs].map(([pumpId, each]) => [pumpId, Object.keys(each) as InputName[]]));
  }

  async read(): Promise<ReadonlyMap<string, InputReadings>> {
    return new Map(
      [...this.#inputs].map(([pumpId, inputs]) => [
        pumpId,
        Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, this.#look(input)])),
      ]),
    );
  }

  async close(): Promise<void> {
    for (const fd of this.#fds.values()) closeSync(fd);
    this.#fds.clear();
  }

  /** Null where the line cannot be read. */
  #look(input: GpioInput): boolean | null {
    const { chip, offset, bias, okWhenHigh } = input;
    const what = `line ${offset} of ${chip} cannot be read`;
    try {
      const fd = this.#fds.get(input) ?? gpio.take(chip, encodeInputRequest(offset, bias, CONSUMER), what);
      this.#fds.set(input, fd);
      const values = encodeOneAsked();
      gpio.control(fd, GPIO_V2_LINE_GET_VALUES_IOCTL, values, what);
      this.#told.delete(input);
      return isHigh(values) === okWhenHigh;
    } catch (thrown) {
      if (!(thrown instanceof PeristaError)) throw thrown;
      if (!this.#told.has(input)) this.#log.error({ code: thrown.code, reason: thrown.message }, 'an input is lost');
      this.#told.add(input);
      return null;
    }
  }
}
