// Proves that what comes out of an emulated pump never goes back, swells and sinks, and is in the end exactly what was asked for.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { flowOf } from './flow.ts';

const infusion = (flowRateMlMin: number, plannedVolumeMl: number, bolusMl = 0) => ({
  flowRateMlMin,
  plannedVolumeMl,
  plannedTimeMin: plannedVolumeMl / flowRateMlMin,
  bolus: { enabled: bolusMl > 0, volumeMl: bolusMl },
});

it('gives all of it at about its rate, and not a drop more', () => {
  const rate = fc.double({ min: 0.001, max: 100, noNaN: true });
  const volume = fc.double({ min: 0.01, max: 5_000, noNaN: true });
  const bolus = fc.constantFrom(0, 0.5, 20);
  const gain = fc.double({ min: 0.95, max: 1.05, noNaN: true });
  fc.assert(
    fc.property(rate, volume, bolus, gain, (rateMlMin, volumeMl, bolusMl, ofTube) => {
      const flow = flowOf(infusion(rateMlMin, volumeMl, bolusMl), ofTube);
      const places = Array.from({ length: 50 }, (_, n) => flow.deliveredMl((n / 48) * flow.endsAfterMs));
      expect(places).toEqual(places.toSorted((one, other) => one - other));
      expect(places[0]).toBe(0);
      expect(places.at(-1)).toBe(volumeMl + bolusMl);
      const bolusMin = bolusMl / ofTube / Math.max(20, rateMlMin);
      // One roller more or less.
      const spreadMin = 0.06 / rateMlMin;
      expect(Math.abs(flow.endsAfterMs / 60_000 - bolusMin - volumeMl / ofTube / rateMlMin)).toBeLessThan(spreadMin);
    }),
  );
});

it('gives the bolus first, faster', () => {
  const flow = flowOf(infusion(1, 10, 5), 1);
  expect(flow.deliveredMl(15_000)).toBeCloseTo(5, 1);
  expect(flow.deliveredMl(75_000)).toBeCloseTo(6, 1);
});

it('pulsates with its rollers', () => {
  const flow = flowOf(infusion(1, 10), 1);
  const everyMs = 300;
  const rates = Array.from(
    { length: 40 },
    (_, n) => flow.deliveredMl((n + 1) * everyMs) - flow.deliveredMl(n * everyMs),
  );
  expect(Math.max(...rates) / Math.min(...rates)).toBeGreaterThan(1.5);
});
