import { type CivilDay, DAY_MS, MINUTE_MS } from '../calendar/civil-day.ts';
import { instantOf, type Zone } from '../calendar/zone.ts';
import type { DayWindow } from './rule.ts';

/** Volumes are shared out in steps of a µl. */
export const SHARE_STEPS_PER_ML = 1000;

/** Share `index` of `count` of a total. All shares together are the total to the µl: what rounding takes from one, the next has. */
export function shareOf(totalMl: number, index: number, count: number): number {
  const steps = Math.round(totalMl * SHARE_STEPS_PER_ML);
  const upTo = (shares: number) => Math.round((steps * shares) / count);
  return (upTo(index + 1) - upTo(index)) / SHARE_STEPS_PER_ML;
}

/**
 * When the doses of a day are due, ms since 1970, spread evenly over what its windows last on that day, in whole
 * minutes. Where a change of clocks leaves less time than doses, they follow each other by the minute: their number, and
 * so the total of the day, stays. A day that a place leaves out has none.
 */
export function spreadOver(windows: readonly DayWindow[], doses: number, day: CivilDay, zone: Zone): number[] {
  const at = (minute: number) => instantOf(zone, day * DAY_MS + minute * MINUTE_MS);
  if (at(0) === instantOf(zone, (day + 1) * DAY_MS)) return [];
  const spans = windows.map(({ fromMin, toMin }) => ({
    startMs: at(fromMin),
    minutes: (at(toMin) - at(fromMin)) / MINUTE_MS,
  }));
  const total = spans.reduce((sum, { minutes }) => sum + minutes, 0);
  const isTight = total < doses;
  return Array.from({ length: doses }, (_, index) =>
    placeIn(spans, isTight ? index : Math.floor((total * index) / doses)),
  );
}

interface Span {
  readonly startMs: number;
  readonly minutes: number;
}

/** The instant `minute` minutes into spans laid end to end; the last one goes on for as long as it takes. */
function placeIn(spans: readonly Span[], minute: number): number {
  let left = minute;
  let place = 0;
  for (const { startMs, minutes } of spans) {
    place = startMs + left * MINUTE_MS;
    if (left < minutes) break;
    left -= minutes;
  }
  return place;
}
