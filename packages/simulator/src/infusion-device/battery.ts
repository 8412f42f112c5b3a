/** Drains, is put on the mains by somebody when it is nearly empty, and taken off when it is full. */
export interface Battery {
  /** Percent at `atMs`. */
  readonly level: number;
  readonly isCharging: boolean;
  readonly atMs: number;
}

const DRAINS_PER_HOUR = 8;
const CHARGES_PER_HOUR = 60;
const PLUGGED_IN_AT = 10;
const MS_PER_HOUR = 3_600_000;

/** It is low below the first, and not any more from the second on, percent. */
export const BATTERY_LOW = [20, 25] as const;

export function batteryAt({ level, isCharging, atMs }: Battery, nowMs: number): Battery {
  const hours = (nowMs - atMs) / MS_PER_HOUR;
  if (isCharging) {
    const charged = level + CHARGES_PER_HOUR * hours;
    return charged >= 100
      ? { level: 100, isCharging: false, atMs: nowMs }
      : { level: charged, isCharging, atMs: nowMs };
  }
  const left = Math.max(0, level - DRAINS_PER_HOUR * hours);
  return { level: left, isCharging: left <= PLUGGED_IN_AT, atMs: nowMs };
}
