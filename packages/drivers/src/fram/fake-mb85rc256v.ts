import type { FakeI2cDevice } from '../i2c/fake-i2c-bus.ts';
import { FRAM_BYTES } from './fram-map.ts';

/** The chip as its data sheet has it: each byte is kept as it comes, and 0x7FFF is followed by 0. */
export class FakeMb85rc256v implements FakeI2cDevice {
  readonly memory: Uint8Array;
  /** Data bytes that are still taken before the supply fails. */
  supplyBytes = Number.POSITIVE_INFINITY;
  #pointer = 0;
  #pointerBytes = 0;

  constructor(memory = new Uint8Array(FRAM_BYTES)) {
    this.memory = memory;
  }

  start(): void {
    this.#pointerBytes = 0;
  }

  take(byte: number): boolean {
    if (this.#pointerBytes < 2) {
      this.#pointer = ((this.#pointer << 8) | byte) & (FRAM_BYTES - 1);
      this.#pointerBytes++;
      return true;
    }
    if (this.supplyBytes <= 0) return false;
    this.supplyBytes--;
    this.memory[this.#pointer] = byte;
    this.#advance();
    return true;
  }

  give(): number {
    const byte = this.memory[this.#pointer] as number;
    this.#advance();
    return byte;
  }

  #advance(): void {
    this.#pointer = (this.#pointer + 1) % FRAM_BYTES;
  }
}
