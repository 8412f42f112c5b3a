import { type Clock, PeristaError } from '@perista/core';
import type { SerialPort } from '@perista/drivers';
import type { EmulatedBoard } from '../board/emulated-board.ts';
import { EmulatedLine, type LineOptions } from './emulated-line.ts';

/** An in-memory serial port with boards at its far end, paced as a real wire. Opening the line again is a new fake line. */
export function fakeLine(
  boards: readonly EmulatedBoard[],
  clock: Clock,
  options: Omit<LineOptions, 'boards' | 'clock'> = {},
): SerialPort {
  const line = new EmulatedLine({ ...options, boards, clock });
  let open = true;
  let onClose = () => {};
  return {
    async write(bytes) {
      if (!open) throw new PeristaError('E106', 'The fake line is closed.');
      line.write(bytes);
    },
    onData(listener) {
      line.onData((bytes) => {
        if (open) listener(bytes);
      });
    },
    onClose(listener) {
      onClose = listener;
    },
    async close() {
      if (!open) return;
      open = false;
      onClose();
    },
  };
}
