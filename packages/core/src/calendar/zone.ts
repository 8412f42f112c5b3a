/** Civil time of a place: by how much its clocks are ahead of UTC, and when that changes. */
export interface Zone {
  /** By how much clocks there are ahead of UTC at an instant, ms. */
  offsetMs(atMs: number): number;
}

export const UTC: Zone = { offsetMs: () => 0 };

/** More than any clock is ever changed by, and less than the time between two changes. */
const AROUND_MS = 86_400_000;

/** What clocks show at an instant, written as the ms since 1970 at which clocks in UTC show the same. */
export const wallAt = (zone: Zone, atMs: number): number => atMs + zone.offsetMs(atMs);

/**
 * When clocks show `wallMs`, ms since 1970. A time that is skipped in spring is the instant at which clocks go on; of a
 * time that comes twice in autumn it is the first (P22).
 */
export function instantOf(zone: Zone, wallMs: number): number {
  const before = zone.offsetMs(wallMs - AROUND_MS);
  const after = zone.offsetMs(wallMs + AROUND_MS);
  const [first, second] = [wallMs - Math.max(before, after), wallMs - Math.min(before, after)];
  if (wallAt(zone, first) === wallMs) return first;
  if (wallAt(zone, second) === wallMs) return second;
  return changeIn(zone, first, second);
}

/** The first instant after `loMs`, and not after `hiMs`, at which the offset is that of `hiMs`. */
export function changeIn(zone: Zone, loMs: number, hiMs: number): number {
  const offset = zone.offsetMs(hiMs);
  let [before, after] = [loMs, hiMs];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (zone.offsetMs(middle) === offset) after = middle;
    else before = middle;
  }
  return after;
}
