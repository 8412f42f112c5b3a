import { PeristaError } from '@perista/core';
import type { OpenSerialPort, SerialPort } from './serial-port.ts';

/** The far end of a {@link FakeSerialPort}: what it does with the bytes it is sent. */
export type FakeFarEnd = (bytes: Uint8Array, port: FakeSerialPort) => void;

/** A serial port in memory, for tests: its far end is a function, and it can be lost. */
export class FakeSerialPort implements SerialPort {
  readonly written: Uint8Array[] = [];
  readonly #farEnd: FakeFarEnd;
  #onData: (bytes: Uint8Array) => void = () => {};
  #onClose = () => {};
  #isOpen = true;

  constructor(farEnd: FakeFarEnd) {
    this.#farEnd = farEnd;
  }

  /** Opens a new one each time; `opened` sees them. */
  static opener(farEnd: FakeFarEnd, opened: FakeSerialPort[] = []): OpenSerialPort {
    return async () => {
      const port = new FakeSerialPort(farEnd);
      opened.push(port);
      return port;
    };
  }

  /** Bytes that the far end sends. */
  say(...bytes: number[]): void {
    if (this.#isOpen) this.#onData(Uint8Array.from(bytes));
  }

  lose(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#onClose();
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#isOpen) throw new PeristaError('E106', 'The fake serial port is closed');
    this.written.push(bytes);
    this.#farEnd(bytes, this);
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#onData = listener;
  }

  onClose(listener: () => void): void {
    this.#onClose = listener;
  }

  async close(): Promise<void> {
    this.lose();
  }
}
