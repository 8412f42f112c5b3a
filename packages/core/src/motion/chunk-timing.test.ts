import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learnClock, learnOverhead, turningMs, UNLEARNT_TIMING } from './chunk-timing.ts';

// Proves that the learnt clock closes in on the board's, and that a nonsensical measurement teaches nothing.
describe('learnClock', () => {
  it('is within 0.5 % of any real clock after six chunks', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.85, max: 1.15, noNaN: true }), (real) => {
        let timing = UNLEARNT_TIMING;
        for (let chunk = 0; chunk < 6; chunk++) timing = learnClock(timing, 5000, 10, turningMs(5000, 10, real));
        expect(Math.abs(timing.clockFactor - real)).toBeLessThan(0.005);
      }),
    );
  });

  it.each([0, -1, 5, 100_000, Number.NaN])('ignores a chunk of 1 s that seemed to take %d ms', (turnedMs) => {
    expect(learnClock(UNLEARNT_TIMING, 5000, 10, turnedMs)).toEqual(UNLEARNT_TIMING);
  });
});

describe('learnOverhead', () => {
  it('closes in on what a chunk costs beside turning', () => {
    let timing = UNLEARNT_TIMING;
    for (let chunk = 0; chunk < 8; chunk++) timing = learnOverhead(timing, 1000, 1200);
    expect(timing.overheadMs).toBeCloseTo(200, 0);
  });

  it.each([500, 9000])('ignores a chunk of 1 s that was over after %d ms', (wallMs) => {
    expect(learnOverhead(UNLEARNT_TIMING, 1000, wallMs)).toEqual(UNLEARNT_TIMING);
  });
});
