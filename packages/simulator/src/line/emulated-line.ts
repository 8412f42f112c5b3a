import type { Clock } from '@perista/core';
import type { EmulatedBoard } from '../board/emulated-board.ts';

export interface LineOptions {
  readonly clock: Clock;
  readonly boards: readonly EmulatedBoard[];
  /** Speed at which the host talks; boards set to another one hear nothing sensible. */
  readonly baud?: number;
  /** RS485: the host hears its own bytes, and boards hear each other's replies. */
  readonly rs485?: { readonly echo?: boolean; readonly crossTalk?: boolean };
  /** Hands the host one byte at a time instead of whole frames. */
  readonly bytewise?: boolean;
}

interface Transmission {
  readonly board: EmulatedBoard;
  readonly frame: Uint8Array;
  readonly startMs: number;
  readonly endMs: number;
  collided: boolean;
}

const DEFAULT_BAUD = 38_400;
/** Start bit, eight data bits, stop bit. */
const BITS_PER_BYTE = 10;

/** One wire pair with its boards. Bytes take their time; boards that talk at once garble each other. */
export class EmulatedLine {
  readonly #clock: Clock;
  readonly #boards: readonly EmulatedBoard[];
  readonly #baud: number;
  readonly #rs485: { readonly echo?: boolean; readonly crossTalk?: boolean };
  readonly #bytewise: boolean;
  #listener: (bytes: Uint8Array) => void = () => {};
  #hostBusyUntilMs = Number.NEGATIVE_INFINITY;
  #underWay: Transmission[] = [];

  constructor(options: LineOptions) {
    this.#clock = options.clock;
    this.#boards = options.boards;
    this.#baud = options.baud ?? DEFAULT_BAUD;
    this.#rs485 = options.rs485 ?? {};
    this.#bytewise = options.bytewise ?? false;
    for (const board of this.#boards) {
      board.connect((frame, startMs, baud) => {
        if (baud === this.#baud) this.#transmit(board, frame, startMs);
      });
    }
  }

  /** Who hears what the boards say; one listener. */
  onData(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener;
  }

  /** Puts the host's bytes on the wire, behind those still on it. */
  write(bytes: Uint8Array): void {
    const nowMs = this.#clock.monotonicMs();
    this.#hostBusyUntilMs = Math.max(nowMs, this.#hostBusyUntilMs) + this.#wireMs(bytes.length);
    const sent = bytes.slice();
    this.#clock.after(this.#hostBusyUntilMs - nowMs, () => {
      if (this.#rs485.echo) this.#deliver(sent);
      for (const board of this.#boards) if (board.baud === this.#baud) board.receive(sent);
    });
  }

  #transmit(board: EmulatedBoard, frame: Uint8Array, wantedMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    let startMs = Math.max(nowMs, wantedMs);
    for (const other of this.#underWay) if (other.board === board) startMs = Math.max(startMs, other.endMs);
    const mine = { board, frame, startMs, endMs: startMs + this.#wireMs(frame.length), collided: false };
    for (const other of this.#underWay) {
      if (other.board === board || other.endMs <= mine.startMs || other.startMs >= mine.endMs) continue;
      other.collided = true;
      mine.collided = true;
    }
    this.#underWay.push(mine);
    this.#clock.after(mine.endMs - nowMs, () => this.#arrive(mine));
  }

  #arrive(transmission: Transmission): void {
    this.#underWay = this.#underWay.filter((other) => other !== transmission);
    const { board, frame, collided } = transmission;
    const heard = collided ? frame.map((byte, index) => byte & (0x5a << (index & 1))) : frame;
    this.#deliver(heard);
    if (this.#rs485.crossTalk) for (const other of this.#boards) if (other !== board) other.receive(heard);
  }

  #deliver(bytes: Uint8Array): void {
    if (this.#bytewise) for (const byte of bytes) this.#listener(Uint8Array.of(byte));
    else this.#listener(bytes);
  }

  #wireMs(bytes: number): number {
    return (bytes * BITS_PER_BYTE * 1000) / this.#baud;
  }
}
