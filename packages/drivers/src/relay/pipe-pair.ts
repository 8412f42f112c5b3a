import { PeristaError } from '@perista/core';
import type { SerialPort } from '../line/serial-port.ts';

/** Two ends of a pipe in memory, for tests. Bytes wait for a listener; when either end closes, both are told. */
export function pipePair(): [SerialPort & PipeEnd, SerialPort & PipeEnd] {
  const near = new End();
  const far = new End();
  near.far = far;
  far.far = near;
  return [near, far];
}

interface PipeEnd {
  /** Nothing passes any more, in this direction, and nobody is told. */
  mute(): void;
}

class End implements SerialPort, PipeEnd {
  far: End | null = null;
  #isOpen = true;
  #isMute = false;
  #onData: ((bytes: Uint8Array) => void) | null = null;
  #onClose = () => {};
  readonly #early: Uint8Array[] = [];

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#isOpen) throw new PeristaError('E106', 'The pipe is closed');
    if (!this.#isMute) this.far?.take(bytes);
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#onData = listener;
    for (const bytes of this.#early.splice(0)) listener(bytes);
  }

  onClose(listener: () => void): void {
    this.#onClose = listener;
  }

  async close(): Promise<void> {
    this.lose();
    this.far?.lose();
  }

  mute(): void {
    this.#isMute = true;
  }

  take(bytes: Uint8Array): void {
    if (this.#onData === null) this.#early.push(bytes);
    else this.#onData(bytes);
  }

  lose(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#onClose();
  }
}
