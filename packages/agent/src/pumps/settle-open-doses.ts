import { recoverDose, type ShaftAtRest, travelVolume } from '@perista/core';
import type { PumpCapabilities } from '@perista/drivers';
import type { DoseJournal } from '../journal/dose-journal.ts';
import type { DoseStart } from '../journal/dose-record.ts';

/** Where a shaft rests, and what its board's positions mean. */
export interface RestingShaft {
  readonly rest: ShaftAtRest;
  readonly board: PumpCapabilities;
}

/**
 * Ends the pump's doses that have a START and no END (P16): from where the shaft rests, or, where the board cannot be
 * asked any more (null), by the last tick and the one chunk after it. @throws PeristaError E303
 */
export async function settleOpenDoses(
  journal: DoseJournal,
  pumpId: string,
  shaft: RestingShaft | null,
  nowWallMs: number,
): Promise<void> {
  for (const { start } of journal.openDoses()) {
    if (start.pumpId !== pumpId) continue;
    const { encoder, e0, targetCounts } = start;
    const rest = shaft !== null && meansTheSame(start, shaft.board) ? shaft.rest : null;
    const abandonedCounts = shaft?.board.abandonedCounts;
    const tick = journal.lastTick(start);
    const ticks = { lastTick: tick?.waypoint ?? null, mayHaveTicked: journal.mayHaveTicked(start) };
    const travel = recoverDose({ encoder, e0, targetCounts, abandonedCounts, ...ticks }, rest);
    await journal.end(start.doseId, {
      cause: 'recovered',
      travel,
      ...travelVolume(travel, encoder.countsPerRev, start.mlPerRev),
      failure: null,
      durationMs: tick?.elapsedMs ?? 0,
      endedAtWallMs: nowWallMs,
    });
  }
}

const meansTheSame = ({ encoder }: DoseStart, board: PumpCapabilities) =>
  encoder.bits === board.positionBits && encoder.countsPerRev === board.countsPerRev;
