import { DAY_MS } from '../calendar/civil-day.ts';
import { changeIn, type Zone } from '../calendar/zone.ts';

/** Clocks of a zone are set. */
export interface ClockChange {
  /** First instant at which they show the new time, ms since 1970. */
  readonly atMs: number;
  /** By how much they go on, ms; negative where they go back. */
  readonly shiftMs: number;
}

/** All changes in [`fromMs`, `untilMs`), the earliest first. Between two of a zone there is more than a day. */
export function clockChanges(zone: Zone, fromMs: number, untilMs: number): ClockChange[] {
  const changes: ClockChange[] = [];
  // One at `fromMs` itself is one after the instant before it.
  for (let beforeMs = fromMs - 1; beforeMs < untilMs - 1; beforeMs += DAY_MS) {
    const afterMs = Math.min(beforeMs + DAY_MS, untilMs - 1);
    const shiftMs = zone.offsetMs(afterMs) - zone.offsetMs(beforeMs);
    if (shiftMs !== 0) changes.push({ atMs: changeIn(zone, beforeMs, afterMs), shiftMs });
  }
  return changes;
}
