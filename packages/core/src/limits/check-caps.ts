import type { DoseLimits } from '../dose/dose.ts';
import { type Refusal, refusals } from '../dose/refusal.ts';
import { assert } from '../errors/perista-error.ts';

/** Volume already charged to a pump in its rolling windows, ml; open and uncertain doses at the top of their range. */
export interface ChargedVolumes {
  readonly hourMl: number;
  readonly dayMl: number;
  readonly weekMl: number;
}

/**
 * How far the last dose may pass a cap, ml: settled volumes are whole encoder counts, so ten doses of a tenth of the
 * cap add up to a hair more than the cap. Less than a drop.
 */
export const CAP_TOLERANCE_ML = 0.02;

const WINDOWS = [
  { name: 'hour', key: 'hourMl' },
  { name: 'day', key: 'dayMl' },
  { name: 'week', key: 'weekMl' },
] as const;

/** The first cap that a dose of at most `plannedHiMl` would pass, or null. Caps refuse; they never shorten a dose. */
export function checkCaps(plannedHiMl: number, charged: ChargedVolumes, limits: DoseLimits): Refusal | null {
  assert(Number.isFinite(plannedHiMl) && plannedHiMl > 0, 'a planned volume is a positive number');
  for (const { name, key } of WINDOWS) {
    const totalMl = charged[key] + plannedHiMl;
    assert(Number.isFinite(totalMl) && charged[key] >= 0, 'a charged volume is a number from 0');
    if (totalMl > limits[key] + CAP_TOLERANCE_ML) {
      const leftMl = remainingMl(charged, limits)[key];
      return refusals.cap(name, { plannedMl: plannedHiMl, totalMl, limitMl: limits[key], leftMl });
    }
  }
  return null;
}

/** What each cap leaves now, ml; never below 0. */
export function remainingMl(charged: ChargedVolumes, limits: DoseLimits): ChargedVolumes {
  const left = (key: keyof ChargedVolumes) => Math.max(0, limits[key] - charged[key]);
  return { hourMl: left('hourMl'), dayMl: left('dayMl'), weekMl: left('weekMl') };
}
