// Proves that each rule has its own code in the catalogue, and that sentences are readable and name limit and value.
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../errors/catalogue.ts';
import { REFUSAL_CODES, refusals } from './refusal.ts';

const EVERY_KIND = [
  refusals.rateTooHigh({ volumeMl: 50, durationS: 2.5, rate: 1200, fastest: 40, fastestDurationS: 75 }),
  refusals.rateTooLow({ volumeMl: 1, durationS: 9e5, rate: 1 / 15_000, slowest: 0.02, slowestDurationS: 3000 }),
  refusals.singleDoseLimit(120, 100),
  refusals.durationLimit(121, 120),
  refusals.cap('hour', { plannedMl: 20, totalMl: 205, limitMl: 200, leftMl: 15 }),
  refusals.cap('day', { plannedMl: 20, totalMl: 505, limitMl: 500, leftMl: 15 }),
  refusals.cap('week', { plannedMl: 20, totalMl: 2005, limitMl: 2000, leftMl: 15 }),
  refusals.tooSmall(0.01, 0.05),
  refusals.notCalibrated(),
  refusals.container(20, 12),
  refusals.emergencyStop(),
  refusals.disabled(),
  refusals.held('key.ph-down.admin.1'),
  refusals.fault('E102', 'Motor stalled'),
  refusals.windowOver(31, 30),
  refusals.queueFull(20),
  refusals.busy(),
  refusals.noSpeed(10),
  refusals.oneWay(),
  refusals.unconfirmed(),
  refusals.clockUntrusted('The clock shows a year before 2024 or after 2099; set it.'),
  refusals.lateSkipped(90),
  refusals.superseded(90),
  refusals.keptApart('ca', 10, 12.3),
];

describe('refusals', () => {
  it('have one reason each, and a maker for every reason', () => {
    expect(EVERY_KIND.map(({ reason }) => reason)).toEqual(Object.keys(REFUSAL_CODES));
    expect(new Set(EVERY_KIND.map(({ code }) => code)).size).toBe(EVERY_KIND.length);
  });

  it('are refusals in the catalogue, and cover all of them', () => {
    const inCatalogue = Object.entries(ERRORS).flatMap(([code, { severity }]) =>
      severity === 'refusal' ? [code] : [],
    );
    expect(EVERY_KIND.map(({ code }) => code).toSorted()).toEqual(inCatalogue.toSorted());
  });

  it('are told in whole sentences that name limit and value', () => {
    for (const { sentence, limit, value } of EVERY_KIND) {
      expect(sentence).toMatch(/^[A-Z0-9].*\.$/);
      expect(sentence).not.toMatch(/\d\.\d{7}|NaN|undefined|Infinity/);
      if (limit !== undefined) expect(sentence).toContain(String(limit));
      if (value !== undefined && value >= 0.001) expect(sentence).toContain(String(value));
    }
  });

  it('give programs the limit, the value and their unit', () => {
    const figures = EVERY_KIND.map(({ reason, limit, value, unit }) => [reason, limit, value, unit]);
    expect(figures.filter(([, limit]) => limit !== undefined)).toEqual([
      ['rate-too-high', 40, 1200, 'ml/min'],
      ['rate-too-low', 0.02, 1 / 15_000, 'ml/min'],
      ['single-dose-limit', 100, 120, 'ml'],
      ['duration-limit', 120, 121, 's'],
      ['hour-cap', 200, 205, 'ml'],
      ['day-cap', 500, 505, 'ml'],
      ['week-cap', 2000, 2005, 'ml'],
      ['too-small', 0.05, 0.01, 'ml'],
      ['container', 12, 20, 'ml'],
      ['window-over', 30, 31, 's'],
      ['queue-full', 20, undefined, undefined],
    ]);
  });

  it('name the window that is full, and why a pump cannot dose', () => {
    const spans = (['hour', 'day', 'week'] as const).map(
      (window) => refusals.cap(window, { plannedMl: 20, totalMl: 205, limitMl: 200, leftMl: 15 }).sentence,
    );
    expect(spans.map((sentence) => /within (\d+ h)/.exec(sentence)?.[1])).toEqual(['1 h', '24 h', '168 h']);
    expect(refusals.notCalibrated().sentence).toContain('it has no calibration');
  });

  it('never show rounding as news', () => {
    expect(refusals.singleDoseLimit(0.1 + 0.2, 0.2).sentence).toContain('0.3 ml is more than the 0.2 ml');
    expect(refusals.singleDoseLimit(100.00004, 100).sentence).toContain('100.00004 ml is more than the 100 ml');
  });

  it('leave out figures that no JSON can carry', () => {
    const refusal = refusals.rateTooHigh({
      volumeMl: 1,
      durationS: 1e-320,
      rate: Number.POSITIVE_INFINITY,
      fastest: 40,
      fastestDurationS: 1.5,
    });
    expect(refusal).not.toHaveProperty('value');
    expect(refusal).toMatchObject({ limit: 40, fastestDurationS: 1.5 });
  });
});
