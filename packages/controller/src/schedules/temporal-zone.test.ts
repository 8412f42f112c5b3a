// Proves that a zone is that of its IANA name: schedules of 8 o'clock stay at 8 o'clock when clocks are changed. That occurrences
// of every kind are those of a calendar walked minute by minute is proved beside that calendar, in the simulator.
import { DAY_MS, occurrences, parseCron, type Recurrence } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { zoneNamed } from './temporal-zone.ts';

function cron(expression: string): Recurrence {
  const parsed = parseCron(expression);
  if (parsed.kind === 'wrong') throw new Error(`${expression} ${parsed.problem.kind}`);
  return parsed;
}

describe('schedules', () => {
  it('of 8 o’clock in Warsaw are right across both changes of 2027', () => {
    const from = (text: string) =>
      Array.from(
        occurrences(
          { recurrence: cron('0 8 * * *'), volumeMl: 50, pausedUntil: null },
          zoneNamed('Europe/Warsaw'),
          Date.parse(text),
          Date.parse(text) + 3 * DAY_MS,
        ),
      ).map(({ dueMs }) => new Date(dueMs).toISOString());
    expect(from('2027-03-27T00:00:00Z')).toEqual([
      '2027-03-27T07:00:00.000Z',
      '2027-03-28T06:00:00.000Z',
      '2027-03-29T06:00:00.000Z',
    ]);
    expect(from('2027-10-30T00:00:00Z')).toEqual([
      '2027-10-30T06:00:00.000Z',
      '2027-10-31T07:00:00.000Z',
      '2027-11-01T07:00:00.000Z',
    ]);
  });
});

it('knows no zone that is none', () => {
  expect(() => zoneNamed('Mars/Olympus')).toThrow(RangeError);
});
