import { seededRandom, VirtualClock } from '@perista/core';
import { type BoardOptions, EmulatedBoard } from './emulated-board.ts';

/** A board on a table, with a virtual clock and bytes as people write them: for tests. */
export class BoardBench {
  readonly clock = new VirtualClock({ wallMs: Date.UTC(2026, 2, 1) });
  readonly board: EmulatedBoard;
  readonly heard: string[] = [];

  constructor(options: Partial<BoardOptions> = {}) {
    const { settings, quirks, ...rest } = options;
    this.board = new EmulatedBoard({
      clock: this.clock,
      random: seededRandom(1),
      ...rest,
      settings: { workMode: 2, ...settings },
      quirks: { turnaroundJitter: 0, startLatencyMs: 0, completionLoss: 0, ...quirks },
    });
    this.listen(this.board);
  }

  listen(board: EmulatedBoard): void {
    board.connect((frame) => this.heard.push(hexOf(frame)));
  }

  /** Says `hex` without waiting. */
  say(hex: string): void {
    this.board.receive(bytesOf(hex));
  }

  /** Says `hex` and tells what the board says at once; replies to it alone. */
  ask(hex: string): string {
    const before = this.heard.length;
    this.say(hex);
    return this.heard.splice(before).join(' | ');
  }

  /** Turns of the shaft since the board was made: the truth, not the encoder. */
  get revolutions(): number {
    return this.board.truth().revolutions;
  }
}

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.split(' '), (byte) => Number.parseInt(byte, 16));
}

export function hexOf(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
