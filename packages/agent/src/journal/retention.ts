import type { EndedDose } from './dose-record.ts';

const KEPT_DOSES = 400;
const KEPT_MS = 30 * 24 * 3_600_000;

/** Doses that may be forgotten: settled by the controller, older than 30 days, and not among the pump's last 400. */
export function prunableDoses(doses: readonly EndedDose[], nowWallMs: number): EndedDose[] {
  const byPump = Map.groupBy(doses, (dose) => dose.start.pumpId);
  return [...byPump.values()].flatMap((ofPump) =>
    ofPump
      .toSorted((one, other) => other.end.endedAtWallMs - one.end.endedAtWallMs)
      .slice(KEPT_DOSES)
      .filter((dose) => dose.confirmed && dose.end.endedAtWallMs < nowWallMs - KEPT_MS),
  );
}
