// Days of the site follow its zone: they join without gap or overlap, also in the nights when clocks change.
import { describe, expect, it } from 'vitest';
import { siteDays } from './site-days.ts';

const HOUR_MS = 3_600_000;
const hours = (days: ReturnType<typeof siteDays>) => days.map(({ fromMs, toMs }) => (toMs - fromMs) / HOUR_MS);

describe('the days of a site', () => {
  it('end with today in its zone, whatever day it is in UTC', () => {
    const nowMs = Date.parse('2026-03-01T23:30:00Z');
    expect(siteDays('Europe/Warsaw', nowMs, 2)).toEqual([
      { day: '2026-03-01', fromMs: Date.parse('2026-02-28T23:00:00Z'), toMs: Date.parse('2026-03-01T23:00:00Z') },
      { day: '2026-03-02', fromMs: Date.parse('2026-03-01T23:00:00Z'), toMs: Date.parse('2026-03-02T23:00:00Z') },
    ]);
    expect(siteDays('America/New_York', nowMs, 1)[0]?.day).toBe('2026-03-01');
  });

  it('have 23 and 25 hours when clocks change', () => {
    expect(hours(siteDays('Europe/Warsaw', Date.parse('2026-03-30T12:00:00Z'), 3))).toEqual([24, 23, 24]);
    expect(hours(siteDays('Europe/Warsaw', Date.parse('2026-10-26T12:00:00Z'), 3))).toEqual([24, 25, 24]);
  });

  it('begin at one o’clock where midnight is skipped', () => {
    const [day] = siteDays('Africa/Cairo', Date.parse('2026-04-24T12:00:00Z'), 1);
    expect(day).toMatchObject({ day: '2026-04-24', fromMs: Date.parse('2026-04-23T22:00:00Z') });
    expect(hours(siteDays('Africa/Cairo', Date.parse('2026-04-24T12:00:00Z'), 1))).toEqual([23]);
  });

  it('join each other through a whole year and more', () => {
    for (const timezone of ['Europe/Warsaw', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC']) {
      const days = siteDays(timezone, Date.parse('2026-11-25T12:00:00Z'), 400);
      expect(new Set(days.map(({ day }) => day)).size).toBe(400);
      for (const [index, { toMs }] of days.slice(0, -1).entries()) expect(days[index + 1]?.fromMs).toBe(toMs);
    }
  });
});
