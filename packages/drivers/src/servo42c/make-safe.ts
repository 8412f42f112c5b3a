import { type Log, PeristaError, type ShaftAtRest } from '@perista/core';
import { applySettings, type SettingsMemory } from './board-settings.ts';
import { BOARD } from './commands.ts';
import type { Firmware } from './firmware.ts';
import { countsOf, toleranceCounts } from './judge-chunk.ts';
import type { Servo42cBoard } from './servo42c-board.ts';
import type { Servo42cConfig } from './servo42c-config.ts';

/**
 * Brings a board of unknown state to where it may be trusted with a motion: at rest, of a known firmware, without a run
 * saved for the next power-up, set as configured, enabled. Returns where its shaft rests, and where a board that has just
 * got its supply could show that, what tells the two apart.
 * @throws PeristaError E101, E102, E105, E106, E107, E108
 */
export async function makeBoardSafe(
  board: Servo42cBoard,
  wanted: Pick<Servo42cConfig, 'microstep' | 'stepsPerRev' | 'dialect'>,
  memory: SettingsMemory,
  log: Log,
): Promise<ShaftAtRest> {
  await board.line.stop(board.address);
  const firmware = await board.probe();
  checkDialect(board, firmware, wanted.dialect);
  const halted = await board.halt();
  const pulses = board.mayHaveRestarted(halted) ? await board.askSurely(BOARD.readPulses()) : null;
  await releaseStall(board, firmware);
  await applySettings(board, wanted, memory, log);
  // In the wrong work mode the first stop may have been refused.
  await board.halt();
  await board.order(BOARD.clearSavedRun());
  await dropLag(board);
  await enable(board);
  const position = await board.positionAtRest();
  // Some boards count turns anew when their motor is let go, though their count of pulses goes on.
  const isSameEncoder = Math.abs(board.delta(halted, position)) <= toleranceCounts(0);
  if (pulses === null || !isSameEncoder) return { position };
  return { position, pulsedCounts: countsOf(pulses, wanted.microstep * wanted.stepsPerRev) };
}

/** Enables a motor that is not; a disabled one acknowledges and reports complete without turning. */
export async function enable(board: Servo42cBoard): Promise<boolean> {
  if ((await board.askSurely(BOARD.readEnabled())) === 'enabled') return false;
  await board.order(BOARD.enable(true));
  const state = await board.askSurely(BOARD.readEnabled());
  if (state === 'enabled') return true;
  throw new PeristaError('E108', `The motor of ${board.name} stays disabled; check its En pin and its En setting`);
}

/**
 * A shaft that was held back when its motion was stopped, or its driver died, would make up for it as soon as it comes
 * free, unseen and long after its dose was settled. Letting the motor go drops what it lags by.
 */
export async function dropLag(board: Servo42cBoard): Promise<void> {
  const lag = Math.abs(await board.askSurely(BOARD.readAngleError()));
  if (lag > toleranceCounts(0)) await board.order(BOARD.enable(false));
}

async function releaseStall(board: Servo42cBoard, { dialect }: Firmware): Promise<void> {
  if ((await board.askSurely(BOARD.readStalled())) !== 'stalled') return;
  if (dialect === 'v1.1.2') return board.order(BOARD.releaseStall());
  throw new PeristaError(
    'E102',
    `${board.name} is locked by its stall protection; press its button or switch it off and on`,
  );
}

function checkDialect(board: Servo42cBoard, { dialect }: Firmware, configured: string): void {
  if (configured === 'auto' || configured === dialect) return;
  throw new PeristaError(
    'E105',
    `${board.name} speaks ${dialect}, but its settings say ${configured}; correct the dialect or set it to auto`,
    { details: { found: dialect, configured } },
  );
}
