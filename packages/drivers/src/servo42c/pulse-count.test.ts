import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COUNTS_PER_REV } from './firmware.ts';
import { type CountFacts, judgeCount } from './pulse-count.ts';

const PULSES_PER_REV = 12_800;
const COUNTS_PER_PULSE = COUNTS_PER_REV / PULSES_PER_REV;

/** In the second chunk of 12,800, after 12,800; the shaft shows that 6,000 of it were turned. */
const facts = (over: Partial<CountFacts> & { readonly followedPulses?: number } = {}): CountFacts => {
  const { followedPulses = 18_800, ...rest } = over;
  const followedCounts = followedPulses * COUNTS_PER_PULSE;
  return { receivedBefore: 12_800, ordered: 12_800, followedCounts, shownCounts: null, unseenMs: 1000, ...rest };
};
const judge = (before: number, now: number, over: Parameters<typeof facts>[0] = {}) =>
  judgeCount(before, now, facts(over), PULSES_PER_REV);

/** As the board tells it: signed, of 32 bits. */
const told = (count: number) => count | 0;

// Proves that a board that restarted is told from one that was cut off: its pulses would be turned twice.
describe('judgeCount', () => {
  const first = { receivedBefore: 0, followedPulses: 0 };
  const shown = (pulses: number) => ({ shownCounts: pulses * COUNTS_PER_PULSE });

  it.each([
    ['the move was cut off', 1_000_000, 1_018_800, {}, 'unbroken'],
    ['the same, in reverse', 1_000_000, 981_200, {}, 'unbroken'],
    ['the same, where the count wraps', 0x7fffff00, told(0x7fffff00 + 18_800), {}, 'unbroken'],
    ['the count fell back', 1_000_000, 0, {}, 'restarted'],
    ['the count of a fresh board fell back', 0, 0, {}, 'restarted'],
    ['the count is beyond all that was ordered', 30_000, 0, {}, 'restarted'],
    [
      'the same, and the encoder shows it too',
      1_000_000,
      1_030_000,
      { followedPulses: 30_000, ...shown(30_000) },
      'unbroken',
    ],
    [
      'the same, where a count that began anew stands',
      30_000,
      0,
      { followedPulses: 30_000, ...shown(30_000) },
      'restarted',
    ],
    ['the encoder shows more than was counted', 0, 13_000, {}, 'restarted'],
    ['the count stands at 0, by chance where it might', 18_800, 0, {}, 'restarted'],
    ['the count stands at just the last chunk, by chance where it might', -6000, 12_800, {}, 'restarted'],
    ['the shaft hides pulses that the board has', 1_000_000, 1_025_600, {}, 'ahead'],
    ['the first order of a turned board came to nothing', 700, 700, { ...first }, 'consistent'],
    [
      'the first order of a fresh board came to nothing, in a time in which it may have turned',
      0,
      0,
      first,
      'restarted',
    ],
    ['the same, too soon for a restart', 0, 0, { ...first, unseenMs: 150 }, 'consistent'],
    ['the same, and it never had the order', 0, 0, { ...first, unseenMs: 0 }, 'consistent'],
  ] as const)('%s', (_, before, now, over, verdict) => {
    expect(judge(before, now, over)).toBe(verdict);
  });

  it('never lets a chunk be ordered again in full that a restarted board may have turned', () => {
    const chunk = fc.integer({ min: 100, max: 60_000 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 200_000 }),
        chunk,
        fc.integer({ min: 0, max: 200_000 }),
        (before, ordered, receivedBefore) => {
          const verdict = judgeCount(
            before,
            0,
            { receivedBefore, ordered, followedCounts: 0, shownCounts: 0, unseenMs: 500 },
            PULSES_PER_REV,
          );
          expect(verdict).toBe(before === receivedBefore + ordered ? 'ahead' : 'restarted');
        },
      ),
    );
  });
});
