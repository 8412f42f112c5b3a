import type { FakeI2cDevice } from '../i2c/fake-i2c-bus.ts';

/** The clock's registers; its time stands still unless the test turns it on. OSF is set, as after the first power. */
export class FakeDs3231m implements FakeI2cDevice {
  readonly registers = new Uint8Array(0x13);
  #pointer = 0;
  #expectsPointer = true;

  constructor() {
    this.registers.set([0x00, 0x00, 0x00, 0x01, 0x01, 0x01, 0x00]);
    this.registers.set([0x1c, 0x88], 0x0e);
  }

  start(): void {
    this.#expectsPointer = true;
  }

  take(byte: number): boolean {
    if (this.#expectsPointer) {
      this.#pointer = byte;
      this.#expectsPointer = false;
    } else {
      this.registers[this.#pointer] = byte;
      this.#advance();
    }
    return true;
  }

  give(): number {
    const byte = this.registers[this.#pointer] as number;
    this.#advance();
    return byte;
  }

  #advance(): void {
    this.#pointer = (this.#pointer + 1) % this.registers.length;
  }
}
