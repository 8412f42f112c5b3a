import type { Zone } from '@perista/core';

/** Offsets change on quarters of an hour at the finest. */
const QUARTER_MS = 900_000;

/** An IANA zone as the browser knows it, to show what a schedule would do before it is kept. */
export function browserZone(name: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const offsets = new Map<number, number>();
  const offsetAt = (quarter: number): number => {
    const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = format
      .format(quarter * QUARTER_MS)
      .split(/[,/: ]+/)
      .map(Number);
    return Date.UTC(year, month - 1, day, hour, minute, second) - quarter * QUARTER_MS;
  };
  return {
    offsetMs(atMs) {
      const quarter = Math.floor(atMs / QUARTER_MS);
      const known = offsets.get(quarter);
      if (known !== undefined) return known;
      const offset = offsetAt(quarter);
      offsets.set(quarter, offset);
      return offset;
    },
  };
}

/** Whether the browser knows a zone by this name. */
export function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '' && !/^[+-]/.test(name);
  } catch {
    return false;
  }
}
