import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COUNTS_PER_REV } from './firmware.ts';
import { findRunaway, hasProgress, isComplete, judgeShortfall } from './judge-chunk.ts';

const travel = (orderedCounts: number, turnedCounts: number) => ({
  orderedCounts,
  turnedCounts,
  shortCounts: orderedCounts - turnedCounts,
});

// Proves that what a shaft did is told apart rightly: the wrong name would hide a fault or end a healthy motion (P10).
describe('findRunaway', () => {
  it.each([
    ['as ordered', 10_000, 10_000, null],
    ['within half a degree back', 10_000, -90, null],
    ['backwards', 10_000, -100, 'E104'],
    ['within 0.5 % too far', 100_000, 100_500, null],
    ['too far', 100_000, 100_600, 'E109'],
    ['half as far again', 100_000, 151_000, 'E103'],
  ])('a shaft that turned %s', (_, ordered, turned, code) => {
    expect(findRunaway(travel(ordered, turned), false)?.code ?? null).toBe(code);
  });

  it('a shaft past its order that still turns runs away, however little', () => {
    expect(findRunaway(travel(100_000, 100_600), true)?.code).toBe('E103');
  });
});

describe('judgeShortfall', () => {
  it.each([
    ['the move was cut off', 10_000, 4000, 0, true, 'aborted'],
    ['the shaft is held and lags', 10_000, 4000, 6000, true, 'lagging'],
    ['the shaft is held and lags, counted the other way', 10_000, 4000, -6000, true, 'lagging'],
    ['it lags by more than the board can tell, which stops at half a turn', 100_000, 4000, 32_767, true, 'lagging'],
    ['it lags by a whole turn, which looks like none', COUNTS_PER_REV, 0, 0, true, 'lagging'],
    ['the order was lost, and would have been a whole turn', COUNTS_PER_REV, 0, 0, false, 'aborted'],
    ['it lags by a turn and a quarter, told modulo a turn', 1.25 * COUNTS_PER_REV, 0, 16_384, true, 'lagging'],
    ['a spring of the head holds it back a little', 10_000, 9980, 20, true, 'lag-within-tolerance'],
    ['some pulses were never made', 10_000, 9980, 0, true, 'aborted'],
  ] as const)('%s', (_, ordered, turned, error, acknowledged, kind) => {
    expect(judgeShortfall(travel(ordered, turned), error, acknowledged).kind).toBe(kind);
  });

  it('never lets pulses be ordered again that the board may still make up for', () => {
    const counts = fc.integer({ min: 200, max: 400_000 });
    fc.assert(
      fc.property(counts, fc.double({ min: 0, max: 0.99, noNaN: true }), fc.boolean(), (ordered, share, saturates) => {
        const turned = Math.round(ordered * share);
        const lag = ordered - turned;
        const half = COUNTS_PER_REV / 2;
        const error = saturates ? Math.min(lag, half - 1) : ((lag + half) % COUNTS_PER_REV) - half;
        expect(judgeShortfall(travel(ordered, turned), error, true).kind).not.toBe('aborted');
      }),
    );
  });
});

describe('hasProgress and isComplete', () => {
  it('a correction of one pulse counts as progress, a large chunk that did not turn does not', () => {
    expect(hasProgress(travel(1.28, 0))).toBe(true);
    expect(hasProgress(travel(10_000, 3))).toBe(false);
    expect(isComplete(travel(10_000, 9998))).toBe(true);
    expect(isComplete(travel(10_000, 9997))).toBe(false);
  });
});
