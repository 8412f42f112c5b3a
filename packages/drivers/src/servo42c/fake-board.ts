import { type Clock, pulsesIn } from '@perista/core';
import type { FakeFarEnd, FakeSerialPort } from '../line/fake-serial-port.ts';
import { COUNTS_PER_REV } from './firmware.ts';
import { withChecksum } from './frame.ts';

const TURNAROUND_MS = 2;
const USUAL_START_MS = 30;
const REVERSE = 0x80;
const READ_ENCODER = 0x30;
const READ_PULSES = 0x33;
const READ_ERROR = 0x39;
const READ_ENABLED = 0x3a;
const READ_STALLED = 0x3e;
const DONE = 1;

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
  /** Its encoder begins anew when its motor is let go; then this is called. */
  onLetGo: (() => void) | null = null;
  /** Orders that never reach it, by operation code, each once. */
  readonly lost: number[] = [];
  /** Questions, by operation code, each once, before whose reply that to an earlier order arrives. */
  readonly overtaken: number[] = [];
  /** Until this instant none of its replies reaches the host. */
  muteUntilMs = 0;
  /** A move ends so many counts early; the shaft comes free in the instant in which the angle error is asked for. */
  heldBackCounts = 0;
  /** After so many readings of the encoder one is millions of turns off, in a frame whose checksum is right. */
  readingsToGarbled = Number.POSITIVE_INFINITY;
  /** Bits that noise turns over in the data of its next move, in a frame whose checksum is right: two of equal weight. */
  noise: readonly number[] = [];
  /** Whether it does what it says when it is told to stop; its motor stops in any case when it is let go. */
  heedsStop = true;
  /** From an order to its first pulse. */
  startMs = USUAL_START_MS;
  /** Whether its count of pulses (0x33) follows what it is ordered; an odd one stays at 0. */
  countsPulses = true;
  /** Counts of the encoder fall when the board is told to turn forward. */
  countsBackwards = false;
  readonly #clock: Clock;
  readonly #pulsesPerRev: number;
  #restCounts = 100;
  /** What its encoder and its count of pulses leave out, in counts: they begin anew with its supply. */
  #encoderOrigin = 0;
  #pulseOrigin = 100;
  #offUntilMs = 0;
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

  /** Loses its supply for `offMs`: the shaft stops, and its counters begin anew. */
  powerCycle(offMs: number): void {
    this.#rest();
    this.#encoderOrigin = this.counts;
    this.#pulseOrigin = this.counts;
    this.#offUntilMs = this.#clock.monotonicMs() + offMs;
  }

  readonly farEnd: FakeFarEnd = (bytes, port) => {
    const [address = 0, opcode = 0, ...data] = bytes.subarray(0, -1);
    if (this.#clock.monotonicMs() < this.#offUntilMs) return;
    const lost = this.lost.indexOf(opcode);
    if (lost !== -1) {
      this.lost.splice(lost, 1);
      return;
    }
    if (opcode === READ_ERROR) this.heldBackCounts = 0;
    const overtaken = this.overtaken.indexOf(opcode);
    if (overtaken !== -1) {
      this.overtaken.splice(overtaken, 1);
      this.#sayLater(port, [address, DONE]);
    }
    const reply = this.#answer(opcode, data);
    if (reply !== null) this.#sayLater(port, [address, ...reply]);
  };

  #answer(opcode: number, data: readonly number[]): readonly number[] | null {
    const shown = this.counts - this.#encoderOrigin;
    const isGarbled = opcode === READ_ENCODER && this.readingsToGarbled-- === 0;
    const turns = Math.floor(shown / COUNTS_PER_REV);
    const angle = shown - turns * COUNTS_PER_REV;
    const pulses = this.countsPulses ? this.#pulses : 0;
    const readings: Readonly<Record<number, readonly number[]>> = {
      [READ_ENCODER]: [isGarbled ? 3 : turns >> 24, turns >> 16, turns >> 8, turns, angle >> 8, angle],
      [READ_PULSES]: [pulses >> 24, pulses >> 16, pulses >> 8, pulses],
      [READ_ERROR]: [0, 0],
      [READ_ENABLED]: [this.isEnabled ? 1 : 2],
      [READ_STALLED]: [2],
    };
    const reading = readings[opcode];
    if (reading !== undefined) return reading.map((byte) => byte & 0xff);
    this.orders.push([opcode, ...data].map((byte) => byte.toString(16).padStart(2, '0')).join(' '));
    if (opcode === 0x86) this.countsBackwards = !this.countsBackwards;
    if (opcode === 0xf3) this.#enable(data[0] === 1);
    if (opcode === 0xf7 && this.heedsStop) this.#rest();
    if (opcode === 0xfd) this.#begin(data);
    return [DONE];
  }

  #enable(isEnabled: boolean): void {
    this.isEnabled = isEnabled;
    if (!isEnabled) this.#rest();
    if (isEnabled || this.onLetGo === null) return;
    this.#encoderOrigin = this.counts;
    this.onLetGo();
  }

  /** Made since power-on; also those that a shaft was held back by. */
  get #pulses(): number {
    const counts = this.counts - this.#pulseOrigin;
    return Math.trunc(counts / (COUNTS_PER_REV / this.#pulsesPerRev));
  }

  #begin(sent: readonly number[]): void {
    const [speed = 0, a = 0, b = 0, c = 0, d = 0] = sent.map((byte, at) => byte ^ (this.noise[at] ?? 0));
    this.noise = [];
    this.#rest();
    if (!this.isEnabled) return;
    const pulses = ((a * 256 + b) * 256 + c) * 256 + d;
    const sense = ((speed & REVERSE) !== 0) === this.countsBackwards ? 1 : -1;
    const countsPerPulse = COUNTS_PER_REV / this.#pulsesPerRev;
    this.#move = {
      startMs: this.#clock.monotonicMs() + this.startMs,
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
