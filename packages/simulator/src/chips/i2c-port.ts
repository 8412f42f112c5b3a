import { decodeTransfer, NOT_ACKNOWLEDGED, TRANSFER_DONE } from '@perista/drivers';
import { type FakeI2cDevice, transact } from '@perista/drivers/chips';
import type { ByteLine } from '../line/tcp-line.ts';

/** A chip on the bus of the emulated hardware. */
export interface EmulatedChip extends FakeI2cDevice {
  /** False: it does not acknowledge its address. */
  readonly answers: boolean;
  /** STOP: what it was told in this transaction is in force. */
  stop(): void;
}

/** The I2C bus of the emulated hardware as a byte pipe. */
export class I2cPort implements ByteLine {
  readonly #chips: ReadonlyMap<number, EmulatedChip>;
  #tell: (bytes: Uint8Array) => void = () => {};
  #heard = new Uint8Array(0);

  /** `chips` by address. */
  constructor(chips: ReadonlyMap<number, EmulatedChip>) {
    this.#chips = chips;
  }

  onData(tell: (bytes: Uint8Array) => void): void {
    this.#tell = tell;
  }

  startOver(): void {
    this.#heard = new Uint8Array(0);
  }

  write(bytes: Uint8Array): void {
    this.#heard = Uint8Array.from([...this.#heard, ...bytes]);
    for (;;) {
      const decoded = decodeTransfer(this.#heard);
      if (decoded === null) return;
      this.#heard = this.#heard.slice(decoded.length);
      const { address, bytes: written, readLength } = decoded.transfer;
      const answer = this.#transfer(this.#chips.get(address), written, readLength);
      this.#tell(answer === null ? Uint8Array.of(NOT_ACKNOWLEDGED) : Uint8Array.from([TRANSFER_DONE, ...answer]));
    }
  }

  #transfer(chip: EmulatedChip | undefined, bytes: Uint8Array, readLength: number): Uint8Array | null {
    if (chip?.answers !== true) return null;
    const answer = transact(chip, bytes, readLength);
    chip.stop();
    return answer;
  }
}
