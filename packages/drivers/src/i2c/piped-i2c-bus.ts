import { type Clock, PeristaError, withDeadline } from '@perista/core';
import type { OpenSerialPort, SerialPort } from '../line/serial-port.ts';
import type { I2cBus } from './i2c-bus.ts';
import { encodeTransfer, NOT_ACKNOWLEDGED } from './piped-transfer.ts';

/** Without an answer by then the bus is lost, ms. */
const ANSWER_LIMIT_MS = 1_000;

/** An I2C bus behind a byte pipe, one transaction after the other; a pipe that was lost is opened again by the next. */
export function pipedI2cBus(openPipe: OpenSerialPort, clock: Clock): I2cBus {
  return new PipedI2cBus(openPipe, clock);
}

class PipedI2cBus implements I2cBus {
  readonly #openPipe: OpenSerialPort;
  readonly #clock: Clock;
  #pipe: SerialPort | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #onBytes: (bytes: Uint8Array) => void = () => {};
  #onLoss: () => void = () => {};

  constructor(openPipe: OpenSerialPort, clock: Clock) {
    this.#openPipe = openPipe;
    this.#clock = clock;
  }

  transfer(address: number, bytes: Uint8Array, readLength: number): Promise<Uint8Array> {
    const done = this.#last.then(() => this.#transfer(address, bytes, readLength));
    this.#last = done.catch(() => {});
    return done;
  }

  close(): Promise<void> {
    const closed = this.#last.then(() => this.#drop());
    this.#last = closed;
    return closed;
  }

  async #transfer(address: number, bytes: Uint8Array, readLength: number): Promise<Uint8Array> {
    const device = `Device 0x${address.toString(16)}`;
    try {
      this.#pipe ??= await this.#open();
      const answer = this.#answer(readLength);
      await this.#pipe.write(encodeTransfer({ address, bytes, readLength }));
      const heard = await withDeadline(
        this.#clock,
        ANSWER_LIMIT_MS,
        answer,
        () => new Error('the bus does not answer'),
      );
      if (heard !== null) return heard;
    } catch (cause) {
      await this.#drop();
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new PeristaError('E307', `${device} cannot be reached: ${why}`, { cause });
    }
    throw new PeristaError('E307', `${device} does not answer`);
  }

  async #open(): Promise<SerialPort> {
    const pipe = await this.#openPipe();
    pipe.onData((bytes) => this.#onBytes(bytes));
    pipe.onClose(() => {
      if (this.#pipe === pipe) this.#pipe = null;
      this.#onLoss();
    });
    return pipe;
  }

  /** What was read; null where the device did not acknowledge. */
  #answer(readLength: number): Promise<Uint8Array | null> {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | null>();
    let heard = new Uint8Array(0);
    this.#onLoss = () => reject(new Error('the bus was lost'));
    this.#onBytes = (bytes) => {
      heard = Uint8Array.from([...heard, ...bytes]);
      if (heard[0] === NOT_ACKNOWLEDGED) resolve(null);
      else if (heard.length > readLength) resolve(heard.slice(1, readLength + 1));
    };
    promise.catch(() => {});
    return promise;
  }

  async #drop(): Promise<void> {
    const pipe = this.#pipe;
    this.#pipe = null;
    await pipe?.close();
  }
}
