import { closeSync, constants, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { FRAM_BYTES } from '@perista/drivers';
import { FakeMb85rc256v } from '@perista/drivers/chips';
import type { EmulatedChip } from './i2c-port.ts';

const { O_CREAT, O_RDWR } = constants;

/** An MB85RC256V whose content is a file, and whose supply can be cut between any two bytes. */
export class EmulatedFram implements EmulatedChip {
  readonly #chip = new FakeMb85rc256v();
  readonly #file: number | null;
  #isChanged = false;
  answers = true;

  /** Without a file it is blank each time. */
  constructor(path?: string) {
    this.#file = path === undefined ? null : openSync(path, O_RDWR | O_CREAT, 0o600);
    if (this.#file === null) return;
    ftruncateSync(this.#file, FRAM_BYTES);
    readSync(this.#file, this.#chip.memory, 0, FRAM_BYTES, 0);
  }

  /** Data bytes that it still keeps before its supply fails; null: it does not fail. */
  get supplyBytes(): number | null {
    return Number.isFinite(this.#chip.supplyBytes) ? this.#chip.supplyBytes : null;
  }

  set supplyBytes(bytes: number | null) {
    this.#chip.supplyBytes = bytes ?? Number.POSITIVE_INFINITY;
  }

  start(): void {
    this.#chip.start();
  }

  take(byte: number): boolean {
    this.#isChanged = true;
    return this.#chip.take(byte);
  }

  give(): number {
    return this.#chip.give();
  }

  stop(): void {
    if (!this.#isChanged || this.#file === null) return;
    this.#isChanged = false;
    writeSync(this.#file, this.#chip.memory, 0, FRAM_BYTES, 0);
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
  }
}
