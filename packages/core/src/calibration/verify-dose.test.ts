// Proves that a verification dose passes exactly while it lies within what the calibration states.
import { describe, expect, it } from 'vitest';
import { judgeVerification } from './verify-dose.ts';

describe('judgeVerification', () => {
  it('compares what was measured with what was expected, either way', () => {
    expect(judgeVerification(10, 10.15, 2)).toEqual({
      expectedMl: 10,
      measuredMl: 10.15,
      errorPct: expect.closeTo(1.5, 9),
      allowedPct: 2,
      passed: true,
    });
    expect(judgeVerification(10, 9.79, 2)).toMatchObject({ errorPct: expect.closeTo(-2.1, 9), passed: false });
    expect(judgeVerification(8, 8.5, 6.25).passed).toBe(true);
  });

  it('takes a volume of nothing for a bug of its caller', () => {
    expect(() => judgeVerification(0, 1, 2)).toThrow('positive volumes');
  });
});
