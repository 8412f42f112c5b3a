// Proves that a tile names its time in the zone of the site, on both days on which that zone changes its clocks too.
import { describe, expect, it } from 'vitest';
import { makeFormat } from '../../format/format.ts';
import { zoneNameAt } from '../../format/zone-name.ts';
import { slotInstant } from './slot-time.ts';

const ZONE = 'Europe/Warsaw';
const place = (channel: number) => ({ morningS: (channel - 1) * 7_200, dosesADay: 2 as const });

function shown(channel: number, half: 'morning' | 'evening', now: string): string {
  const at = slotInstant(place(channel), half, now) ?? '';
  return `${makeFormat('en', ZONE).time(at)} ${zoneNameAt(at, ZONE)}`;
}

describe('the time of a slot', () => {
  it.each([
    ['an ordinary day in winter', '2026-01-15T23:59:59Z', '01:00 CET', '13:00 CET', '11:00 CET'],
    ['the day the clocks go forward', '2026-03-29T00:30:00Z', '01:00 CET', '14:00 CEST', '12:00 CEST'],
    ['an ordinary day in summer', '2026-07-01T12:00:00Z', '02:00 CEST', '14:00 CEST', '12:00 CEST'],
    ['the day the clocks go back', '2026-10-25T22:00:00Z', '02:00 CEST', '13:00 CET', '11:00 CET'],
  ])('is right on %s', (_day, now, morning, evening, last) => {
    expect([shown(1, 'morning', now), shown(1, 'evening', now), shown(6, 'morning', now)]).toEqual([
      morning,
      evening,
      last,
    ]);
  });

  it('is none in the evening of a channel that doses once a day', () => {
    expect(slotInstant({ ...place(1), dosesADay: 1 }, 'evening', '2026-01-15T00:00:00Z')).toBeNull();
  });

  it('has letters where a zone has some, else its offset', () => {
    const at = '2026-01-15T00:00:00Z';
    expect(['America/New_York', 'UTC', 'Asia/Tokyo'].map((zone) => zoneNameAt(at, zone))).toEqual([
      'EST',
      'UTC',
      'GMT+9',
    ]);
  });
});
