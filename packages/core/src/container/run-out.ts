/** A dose that is expected, with the most that it draws. */
export interface ExpectedDraw {
  /** ms since 1970. */
  readonly atMs: number;
  readonly volumeMl: number;
}

/** When a container will not hold the next dose any more. */
export interface RunOut {
  /** ms since 1970. */
  readonly atMs: number;
  readonly daysLeft: number;
}

const DAY_MS = 86_400_000;

/**
 * When a container with `usableMl` runs out if `draws`, the oldest first, come as expected: at the first that it cannot give
 * whole. Beyond `untilMs`, up to when `draws` reach, they go on at the same mean rate. Null if nothing draws.
 */
export function runOut(
  usableMl: number,
  draws: readonly ExpectedDraw[],
  { nowMs, untilMs }: { readonly nowMs: number; readonly untilMs: number },
): RunOut | null {
  let leftMl = usableMl;
  for (const { atMs, volumeMl } of draws) {
    if (volumeMl > leftMl) return runOutAt(atMs, nowMs);
    leftMl -= volumeMl;
  }
  const drawnMl = usableMl - leftMl;
  return drawnMl > 0 ? runOutAt(untilMs + (leftMl / drawnMl) * (untilMs - nowMs), nowMs) : null;
}

/** The same at a steady use; null if nothing is used. */
export const runOutAtRate = (usableMl: number, mlPerDay: number, nowMs: number): RunOut | null =>
  mlPerDay > 0 ? runOutAt(nowMs + (usableMl / mlPerDay) * DAY_MS, nowMs) : null;

const runOutAt = (atMs: number, nowMs: number): RunOut => ({
  atMs: Math.round(atMs),
  daysLeft: Math.max(0, atMs - nowMs) / DAY_MS,
});
