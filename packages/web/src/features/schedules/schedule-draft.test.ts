// Proves that the form says what the server would: the rule that is broken at its field, else the next times, and that what is
// read back from a schedule is that schedule again.
import type { Schedule, ScheduleRule } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import { browserZone } from './browser-zone.ts';
import { draftOf, emptyDraft, fieldOfPath, lookAtDraft, type ScheduleDraft } from './schedule-draft.ts';

/** A day before clocks change in Warsaw. */
const NOW_MS = Date.parse('2027-03-27T12:00:00Z');

const look = (change: Partial<ScheduleDraft>) =>
  lookAtDraft({ ...emptyDraft('ph-down', 'Europe/Warsaw'), volume: '2,5', ...change }, NOW_MS);

describe('a draft', () => {
  it('that is ready is what will be sent, with its next times across the change of clocks', () => {
    expect(look({})).toEqual({
      kind: 'ready',
      nextRuns: ['28', '29', '30', '31']
        .map((day) => `2027-03-${day}T06:00:00.000Z`)
        .concat('2027-04-01T06:00:00.000Z'),
      schedule: {
        pump_id: 'ph-down',
        rule: { kind: 'weekdays', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], times: ['08:00'] },
        volume_ml: 2.5,
        tolerance_s: 1800,
        missed_policy: 'late',
        timezone: 'Europe/Warsaw',
      },
    });
  });

  it.each([
    [{ volume: '' }, 'volume', 'empty'],
    [{ volume: '1.000' }, 'volume', 'ambiguous'],
    [{ duration: 'fast' }, 'duration', 'not-a-number'],
    [{ days: 0 }, 'days', 'no-days'],
    [{ times: ['08:00', ''] }, 'times', 'no-time'],
    [{ times: ['08:00', '08:00'] }, 'times', 'named-twice'],
    [{ timezone: 'Mars/Olympus' }, 'timezone', 'no-zone'],
    [{ toleranceMin: '0,01' }, 'tolerance', 'whole'],
    [{ kind: 'cron', cron: '0 8 * *' }, 'cron', 'five-fields'],
    [{ kind: 'cron', cron: '0 0 30 2 *' }, 'cron', 'never-due'],
    [{ kind: 'interval', everyHours: '0,0001' }, 'every', 'whole-minutes'],
    [{ kind: 'once', date: '', time: '08:00' }, 'date', 'no-time'],
    [{ kind: 'once', date: '2027-03-26', time: '08:00' }, 'date', 'past'],
    [{ kind: 'windows', doses: '2,5' }, 'doses', 'whole'],
    [{ kind: 'windows', windows: [{ from: '08:00', to: '08:00' }] }, 'windows', 'empty-window'],
    [{ kind: 'windows', doses: '61', windows: [{ from: '08:00', to: '09:00' }] }, 'doses', 'too-many-doses'],
  ] as const)('%o is wrong at %s: %s', (change, field, kind) => {
    expect(look(change)).toMatchObject({ kind: 'wrong', field, problem: { kind } });
  });
});

describe('a schedule in the form', () => {
  const rules: ScheduleRule[] = [
    { kind: 'cron', expression: '*/30 2 * * *' },
    { kind: 'interval', every_min: 90, from: '2027-03-28T05:00:00.000Z' },
    { kind: 'windows', doses_per_day: 24, daily_ml: 10.5, windows: [{ from: '22:00', to: '06:00' }] },
    { kind: 'once', date: '2027-03-28', time: '02:30' },
    { kind: 'weekdays', days: ['tue', 'sun'], times: ['20:00', '08:00'] },
  ];

  it.each(rules)('of kind $kind comes back as it was', (rule) => {
    const schedule: Schedule = {
      id: 's-1',
      pump_id: 'ph-down',
      cron: null,
      rule,
      sentence: '',
      volume_ml: 2.5,
      duration_s: 12.5,
      enabled: true,
      tolerance_s: 600,
      missed_policy: 'skip',
      timezone: 'America/New_York',
      paused_until: '2027-03-20',
      next_runs: [],
      created_at: '2027-03-01T00:00:00.000Z',
      last_run: null,
    };
    expect(lookAtDraft(draftOf(schedule, 'pl'), NOW_MS)).toMatchObject({
      kind: 'ready',
      schedule: {
        rule,
        duration_s: 12.5,
        tolerance_s: 600,
        missed_policy: 'skip',
        timezone: 'America/New_York',
        paused_until: '2027-03-20',
      },
    });
  });
});

it('shows what the server refuses at the field that it is about', () => {
  expect(fieldOfPath('volume_ml', 'cron')).toBe('volume');
  expect(fieldOfPath('rule.daily_ml', 'windows')).toBe('volume');
  expect(fieldOfPath('rule.windows[1].to', 'windows')).toBe('windows');
  expect(fieldOfPath('rule.date', 'once')).toBe('date');
  expect(fieldOfPath('pump_id', 'once')).toBeNull();
});

it('knows zones as Intl does, to the quarter of an hour', () => {
  const zone = browserZone('Europe/Warsaw');
  const changeMs = Date.parse('2027-03-28T01:00:00Z');
  expect([changeMs - 1, changeMs].map((atMs) => zone.offsetMs(atMs) / 3_600_000)).toEqual([1, 2]);
});
