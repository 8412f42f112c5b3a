import { isPeristaError, type Log } from '@perista/core';
import { BOARD, type BoardRequest } from './commands.ts';
import type { Servo42cBoard } from './servo42c-board.ts';

/** What a board must be set to before it may turn a pump. */
export interface BoardSettings {
  readonly microstep: number;
}

/**
 * What was last written to a board. No setting can be read back, and writing one wears the flash, so the memory is all
 * that tells whether they differ. It lasts as long as its owner keeps it; the default, one run of the process, costs one
 * write a start and finds out what a person changed at the board's own buttons.
 */
export interface SettingsMemory {
  load(): Promise<BoardSettings | null>;
  save(settings: BoardSettings | null): Promise<void>;
}

export function settingsMemory(): SettingsMemory {
  let written: BoardSettings | null = null;
  return {
    load: () => Promise.resolve(written),
    save: (settings) => {
      written = settings;
      return Promise.resolve();
    },
  };
}

/** Settings that motion depends on; a board that refuses one is of no use. */
const needed = ({ microstep }: BoardSettings): BoardRequest<'ok' | 'failed'>[] => [
  BOARD.setWorkMode('uart'),
  BOARD.setMicrostep(microstep),
];

/**
 * Settings that make a board safer. Zero mode turns the motor at power-up; stall protection silences some firmwares
 * until somebody presses a button, and what it protects from is seen in the encoder anyway.
 */
const WELCOME: BoardRequest<'ok' | 'failed'>[] = [BOARD.disableZeroMode(), BOARD.setStallProtection(false)];

/** Writes the settings unless the memory says that the board has them. @throws PeristaError E101, E106, E107, E108 */
export async function applySettings(
  board: Servo42cBoard,
  wanted: BoardSettings,
  memory: SettingsMemory,
  log: Log,
): Promise<void> {
  const written = await memory.load();
  if (written?.microstep === wanted.microstep) return;
  for (const request of needed(wanted)) await board.order(request);
  for (const request of WELCOME) await tryOrder(board, request, log);
  await memory.save(wanted);
}

async function tryOrder(board: Servo42cBoard, request: BoardRequest<'ok' | 'failed'>, log: Log): Promise<void> {
  try {
    await board.order(request);
  } catch (error) {
    if (!isPeristaError(error, 'E101', 'E107', 'E108')) throw error;
    log.warn({ address: board.address, code: error.code }, `${error.message}; its state is unknown`);
  }
}
