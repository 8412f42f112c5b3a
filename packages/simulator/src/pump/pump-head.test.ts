import { fitCalibration, seededRandom } from '@perista/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_EMULATED_PUMPS, type EmulatedPump } from '../emulated-pump.ts';
import { factoryCalibration } from '../factory-calibration.ts';
import { normal } from './chance.ts';
import { COUNTS_PER_REV } from './motor.ts';
import { DEFAULT_HEAD, PumpHead } from './pump-head.ts';

const plain = { toleranceSd: 0, rippleSd: 0, repeatabilitySd: 0, runInShare: 0, wearPer100H: 0 };
const ml = (head: PumpHead, fromRev: number, toRev: number, rpm: number, tubeHours = 5) =>
  head.displacedMl(
    fromRev * COUNTS_PER_REV,
    toRev * COUNTS_PER_REV,
    (Math.abs(toRev - fromRev) / rpm) * 60_000,
    tubeHours,
  );

describe('the head', () => {
  it('gives 0.18 ml a revolution on the mean of many units and speeds, spread as measured', () => {
    const speeds = [0.58, 1, 5, 10, 20, 50, 100, 200, 300];
    const units = Array.from({ length: 200 }, (_, seed) => new PumpHead(seed, { toleranceSd: 0, runInShare: 0 }));
    const perRev = units.flatMap((head) => speeds.map((rpm) => ml(head, 0, 30, rpm, 0) / 30));
    const mean = perRev.reduce((sum, value) => sum + value, 0) / perRev.length;
    const sd = Math.sqrt(perRev.reduce((sum, value) => sum + (value - mean) ** 2, 0) / perRev.length);
    expect(mean).toBeCloseTo(0.18, 3);
    expect(sd / mean).toBeGreaterThan(0.015);
    expect(sd / mean).toBeLessThan(0.035);
  });

  it('is exact over whole roller pitches from any angle, either way', () => {
    const head = new PumpHead(1, plain);
    fc.assert(
      fc.property(fc.double({ min: -50, max: 50, noNaN: true }), fc.integer({ min: 1, max: 90 }), (from, pitches) => {
        expect(ml(head, from, from + pitches / 3, 20)).toBeCloseTo(pitches * 0.06, 9);
        expect(ml(head, from, from - pitches / 3, 20)).toBeCloseTo(-pitches * 0.06, 9);
      }),
    );
  });

  it('errs over a part of a pitch by at most what a roller takes back, and never flows backwards', () => {
    const head = new PumpHead(1, plain);
    const angle = fc.double({ min: 0, max: 2, noNaN: true });
    fc.assert(
      fc.property(angle, fc.double({ min: 0.0001, max: 2, noNaN: true }), (from, turns) => {
        const given = ml(head, from, from + turns, 20);
        expect(given).toBeGreaterThan(0);
        expect(Math.abs(given - turns * 0.18)).toBeLessThanOrEqual(0.15 * 0.06 + 1e-9);
      }),
    );
  });

  it('does not care in how many pieces a turn is taken', () => {
    const head = new PumpHead(3);
    const whole = ml(head, 0.1, 2.7, 60);
    const pieces = [0.1, 0.11, 0.9, 1.5, 2.7];
    const sum = pieces.slice(1).reduce((total, to, index) => total + ml(head, pieces[index] ?? 0, to, 60), 0);
    expect(sum).toBeCloseTo(whole, 9);
  });

  it('slips at high speed, loses to pressure and wear, gains with warmth', () => {
    expect(ml(new PumpHead(1, plain), 0, 30, 1000) / 30).toBeCloseTo(0.18 * 0.9, 9);
    expect(ml(new PumpHead(1, plain), 0, 30, 300) / 30).toBeCloseTo(0.18, 9);
    expect(ml(new PumpHead(1, { ...plain, backPressureBar: 0.098 }), 0, 1, 60)).toBeCloseTo(0.18 * 0.9902, 9);
    expect(ml(new PumpHead(1, { ...plain, temperatureC: 30 }), 0, 1, 60)).toBeCloseTo(0.18 * 1.015, 9);
    const worn = new PumpHead(1, { ...plain, runInShare: 0.03, wearPer100H: 0.01 });
    expect(ml(worn, 0, 1, 60, 100)).toBeCloseTo(0.18 * 0.96, 9);
    expect(ml(worn, 0, 1, 60, 1100)).toBeCloseTo(0.18 * (0.97 - 0.11 - 0.05), 9);
  });

  it('differs from unit to unit, within what is sold, and is the same for the same seed', () => {
    const perRev = Array.from({ length: 100 }, (_, seed) => ml(new PumpHead(seed, { rippleSd: 0 }), 0, 1, 60, 0));
    expect(Math.min(...perRev)).toBeLessThan(0.17);
    expect(Math.max(...perRev)).toBeGreaterThan(0.19);
    for (const value of perRev) expect(Math.abs(value / 0.18 - 1)).toBeLessThanOrEqual(0.2 + 1e-9);
    expect(ml(new PumpHead(9), 0, 1, 60)).toBe(ml(new PumpHead(9), 0, 1, 60));
  });
});

describe('the factory calibration', () => {
  it.each(DEFAULT_EMULATED_PUMPS.map((pump) => [pump.id, pump] as const))(
    'of %s fits to a curve that tells the true flow within its stated error',
    (_id, pump: EmulatedPump) => {
      const runs = factoryCalibration(pump);
      expect(runs).toHaveLength(36);
      expect(runs[0]?.rpm).toBe(5);
      expect(runs.at(-1)?.rpm).toBe(298);
      expect(factoryCalibration(pump)).toEqual(runs);
      const fit = fitCalibration(runs);
      if (fit.kind === 'refused') throw new Error(fit.detail);
      expect(fit.curve.errorPct).toBeLessThan(3);
      const head = new PumpHead(pump.seed, pump.head);
      for (const { rpm, mlPerMin } of fit.curve.points) {
        const trueMlPerMin = (ml(head, 0, 20, rpm) / 20) * rpm;
        expect(Math.abs(mlPerMin / trueMlPerMin - 1) * 100).toBeLessThan(fit.curve.errorPct);
      }
    },
  );

  it('reaches the 40 ml/min that a first start offers', () => {
    for (const pump of DEFAULT_EMULATED_PUMPS) {
      const fastest = factoryCalibration(pump).at(-1);
      expect(((fastest?.measuredMl ?? 0) / 20) * 280).toBeGreaterThan(40 * 1.05);
      expect(Math.abs((fastest?.measuredMl ?? 0) / 20 / DEFAULT_HEAD.mlPerRev - 1)).toBeLessThan(0.12);
    }
  });
});

describe('chance', () => {
  it('draws normally', () => {
    const random = seededRandom(5);
    const draws = Array.from({ length: 4000 }, () => normal(random, 10, 2));
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    expect(mean).toBeCloseTo(10, 0);
    expect(Math.sqrt(draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length)).toBeCloseTo(2, 0);
  });
});
