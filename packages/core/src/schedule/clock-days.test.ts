// Proves that each change of a zone's clocks is told once, at its instant, whatever part of the year is looked at.
import { describe, expect, it } from 'vitest';
import type { Zone } from '../calendar/zone.ts';
import { clockChanges } from './clock-days.ts';

const HOUR_MS = 3_600_000;
const SPRING_MS = Date.parse('2027-03-28T01:00:00Z');
const AUTUMN_MS = Date.parse('2027-10-31T01:00:00Z');

/** Clocks of Warsaw in 2027. */
const WARSAW: Zone = { offsetMs: (atMs) => (atMs >= SPRING_MS && atMs < AUTUMN_MS ? 2 : 1) * HOUR_MS };

describe('changes of clocks', () => {
  it('are told at their instants, with how far clocks go on or back', () => {
    expect(clockChanges(WARSAW, Date.parse('2027-01-01T05:17:00Z'), Date.parse('2028-01-01T00:00:00Z'))).toEqual([
      { atMs: SPRING_MS, shiftMs: HOUR_MS },
      { atMs: AUTUMN_MS, shiftMs: -HOUR_MS },
    ]);
  });

  it.each([
    [SPRING_MS, SPRING_MS + 1, 1],
    [SPRING_MS - 1, SPRING_MS, 0],
    [SPRING_MS + 1, SPRING_MS + HOUR_MS, 0],
  ])('belong to the instants from %d on, before %d: %d', (fromMs, untilMs, count) => {
    expect(clockChanges(WARSAW, fromMs, untilMs)).toHaveLength(count);
  });
});
