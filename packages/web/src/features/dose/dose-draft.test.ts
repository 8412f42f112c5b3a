// Proves that the form says beforehand what the server would say, and never sends what two people read differently.
import type { Pump } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import { EMPTY_DRAFT, lookAhead, suspiciousFactor } from './dose-draft.ts';

const pump = {
  hardware: { kind: 'servo42c' },
  rate_range_ml_min: { slowest: 0.5, comfortable: 20, fastest: 40 },
  calibration: { error_pct: 1 },
  limits: { single_ml: 100, duration_s: 600, hour_ml: 200, day_ml: 500, week_ml: 2000 },
  remaining_ml: { hour: 50, day: 350, week: 1850 },
  container: { level_ml: 40, capacity_ml: 5000, empty_ml: 10 },
  min_dose_ml: 0.05,
} as Pump;

const look = (volume: string, duration = '') => lookAhead({ ...EMPTY_DRAFT, volume, duration }, pump);
const reasonOf = (volume: string, duration = '') => {
  const outlook = look(volume, duration);
  return outlook.kind === 'refused' ? outlook.refusal.reason : outlook.kind;
};

describe('a draft', () => {
  it('tells rate, time and error of what it would give', () => {
    const ready = { kind: 'ready', request: { volume_ml: 2.5 }, durationS: 7.5, rateMlPerMin: 20, errorMl: 0.025 };
    expect(look('2,5')).toEqual(ready);
    expect(look('2.5')).toEqual(ready);
    expect(look('5', '30')).toMatchObject({ request: { volume_ml: 5, duration_s: 30 }, rateMlPerMin: 10 });
  });

  it.each([
    ['', 'empty'],
    ['1.000', 'ambiguous'],
    ['two', 'not-a-number'],
    ['0', 'zero'],
  ])('%j is not read as a volume: %s', (volume, problem) => {
    expect(look(volume)).toEqual({ kind: 'unreadable', field: 'volume', problem });
  });

  it('names the field that cannot be read', () => {
    expect(look('2', 'soon')).toEqual({ kind: 'unreadable', field: 'duration', problem: 'not-a-number' });
  });

  it('names the first rule that would refuse it', () => {
    expect(reasonOf('0.01')).toBe('too-small');
    expect(reasonOf('50', '2.5')).toBe('rate-too-high');
    expect(reasonOf('120')).toBe('single-dose-limit');
    expect(reasonOf('60')).toBe('hour-cap');
    expect(reasonOf('40')).toBe('container');
    expect(lookAhead({ ...EMPTY_DRAFT, volume: '2' }, { ...pump, calibration: null })).toMatchObject({
      refusal: { reason: 'not-calibrated' },
    });
  });

  it('takes nothing out of the container when it pumps back', () => {
    expect(lookAhead({ volume: '40', duration: '', direction: 'reverse' }, pump)).toMatchObject({
      kind: 'ready',
      request: { volume_ml: 40, direction: 'reverse' },
    });
  });

  it('of a pump behind a relay takes the time that its one rate takes, and forward only', () => {
    const relay = {
      ...pump,
      hardware: { kind: 'relay', channel: 1 },
      rate_range_ml_min: { slowest: 19.8, comfortable: 19.8, fastest: 19.8 },
    } as Pump;
    const draft = { ...EMPTY_DRAFT, volume: '15.5' };
    const outlook = lookAhead(draft, relay);
    expect(outlook.kind === 'ready' && outlook.durationS).toBeCloseTo(46.97, 2);
    expect(lookAhead({ ...draft, duration: '47' }, relay).kind).toBe('ready');
    expect(lookAhead({ ...draft, duration: '60' }, relay)).toMatchObject({ refusal: { reason: 'rate-too-low' } });
    expect(lookAhead({ ...draft, direction: 'reverse' }, relay)).toMatchObject({ refusal: { reason: 'one-way' } });
  });
});

describe('a slipped decimal', () => {
  it('is suspected at a tenfold of the last dose, in either direction', () => {
    expect(suspiciousFactor(20, 2)).toBe(10);
    expect(suspiciousFactor(0.2, 2)).toBeCloseTo(0.1);
    expect(suspiciousFactor(5, 2)).toBeNull();
    expect(suspiciousFactor(5, undefined)).toBeNull();
  });
});
