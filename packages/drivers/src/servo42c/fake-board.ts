import { type Clock, pulsesIn } from '@perista/core';
import type { FakeFarEnd, FakeSerialPort } from '../line/fake-serial-port.ts';
import { COUNTS_PER_REV } from './firmware.ts';
import { withChecksum } from './frame.ts';

const TURNAROUND_MS = 2;
const START_MS = 30;
const REVERSE = 0x80;
const READ_ENCODER = 0x30;
const READ_ERROR = 0x39;
const READ_ENABLED = 0x3a;
const READ_STALLED = 0x3e;

interface Move {
  readonly startMs: number;
  readonly countsPerMs: number;
  readonly counts: number;
}

/** The least board that a driver can turn, for tests of this package; the emulated board of the simulator has the quirks. */
export class FakeBoard {
  /** Orders other than readings, in hex without address and checksum, in the order they came. */
  readonly orders: string[] = [];
  isEnabled = true;
  /** Orders that never reach it, by operation code, each once. */
  readonly lost: number[] = [];
  /** Until this instant none of its replies reaches the host. */
  muteUntilMs = 0;
  /** A move ends so many counts early; the shaft comes free in the instant in which the angle error is asked for. */
  heldBackCounts = 0;
  /** Counts of the encoder fall when the board is told to turn forward. */
  countsBackwards = false;
  readonly #clock: Clock;
  readonly #pulsesPerRev: number;
  #restCounts = 100;
  #move: Move | null = null;

  constructor(clock: Clock, pulsesPerRev: number) {
    this.#clock = clock;
    this.#pulsesPerRev = pulsesPerRev;
  }

  get counts(): number {
    if (this.#move === null) return this.#restCounts;
    const turned = (this.#clock.monotonicMs() - this.#move.startMs) * this.#move.countsPerMs;
    const most = Math.abs(this.#move.counts) - this.heldBackCounts;
    const limited = Math.min(Math.max(0, turned * Math.sign(this.#move.counts)), most);
    return Math.round(this.#restCounts + limited * Math.sign(this.#move.counts));
  }

  readonly farEnd: FakeFarEnd = (bytes, port) => {
    const [address = 0, opcode = 0, ...data] = bytes.subarray(0, -1);
    const lost = this.lost.indexOf(opcode);
    if (lost !== -1) {
      this.lost.splice(lost, 1);
      return;
    }
    if (opcode === READ_ERROR) this.heldBackCounts = 0;
    const reply = this.#answer(opcode, data);
    if (reply !== null) this.#sayLater(port, [address, ...reply]);
  };

  #answer(opcode: number, data: readonly number[]): readonly number[] | null {
    const turns = Math.floor(this.counts / COUNTS_PER_REV);
    const angle = this.counts - turns * COUNTS_PER_REV;
    const readings: Readonly<Record<number, readonly number[]>> = {
      [READ_ENCODER]: [turns >> 24, turns >> 16, turns >> 8, turns, angle >> 8, angle],
      [READ_ERROR]: [0, 0],
      [READ_ENABLED]: [this.isEnabled ? 1 : 2],
      [READ_STALLED]: [2],
    };
    const reading = readings[opcode];
    if (reading !== undefined) return reading.map((byte) => byte & 0xff);
    this.orders.push([opcode, ...data].map((byte) => byte.toString(16).padStart(2, '0')).join(' '));
    if (opcode === 0x86) this.countsBackwards = !this.countsBackwards;
    if (opcode === 0xf3) this.isEnabled = data[0] === 1;
    if (opcode === 0xf7) this.#rest();
    if (opcode === 0xfd) this.#begin(data);
    return [1];
  }

  #begin([speed = 0, a = 0, b = 0, c = 0, d = 0]: readonly number[]): void {
    this.#rest();
    if (!this.isEnabled) return;
    const pulses = ((a * 256 + b) * 256 + c) * 256 + d;
    const sense = ((speed & REVERSE) !== 0) === this.countsBackwards ? 1 : -1;
    const countsPerPulse = COUNTS_PER_REV / this.#pulsesPerRev;
    this.#move = {
      startMs: this.#clock.monotonicMs() + START_MS,
      countsPerMs: sense * pulsesIn(1, speed & ~REVERSE, 1) * countsPerPulse,
      counts: sense * pulses * countsPerPulse,
    };
  }

  #rest(): void {
    this.#restCounts = this.counts;
    this.#move = null;
  }

  #sayLater(port: FakeSerialPort, bytes: readonly number[]): void {
    this.#clock.after(TURNAROUND_MS, () => {
      if (this.#clock.monotonicMs() >= this.muteUntilMs) port.say(...withChecksum(bytes));
    });
  }
}
