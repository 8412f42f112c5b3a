// Proves that what chunks cost beside turning is known before a motion, as its chunks will be planned.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHUNK_LIMIT_MS, chunksIn, turningFactor } from './chunk-step.ts';
import { UNLEARNT_TIMING } from './chunk-timing.ts';

describe('turningFactor', () => {
  it('is the time of a motion over the time it turns', () => {
    expect(turningFactor(820)).toBeCloseTo(820 / 700, 12);
    expect(turningFactor(821)).toBeCloseTo(821 / 581, 12);
    expect(turningFactor(Number.POSITIVE_INFINITY)).toBeCloseTo(820 / 700, 12);
    expect(turningFactor(120)).toBe(Number.POSITIVE_INFINITY);
  });

  it('leaves no chunk more time than it may turn, and nears that of a long motion', () => {
    fc.assert(
      fc.property(fc.double({ min: 200, max: 4e6, noNaN: true }), (ms) => {
        const factor = turningFactor(ms);
        expect(ms / factor / chunksIn(ms, UNLEARNT_TIMING)).toBeLessThanOrEqual(CHUNK_LIMIT_MS * (1 + 1e-9));
        expect(factor).toBeGreaterThanOrEqual(turningFactor(Number.POSITIVE_INFINITY) * (1 - 1e-9));
        if (ms > 100_000) expect(factor).toBeLessThan(1.1731);
      }),
    );
  });
});
