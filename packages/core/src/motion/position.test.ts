import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countsToPulses, countsToRevolutions, positionDelta, pulsesToCounts } from './position.ts';

// Proves that differences of a wrapping counter are exact, at each width that a board can have.
describe('positionDelta', () => {
  it.each([16, 32, 48])('finds any turn of less than half the range of %i bits', (bits) => {
    const span = 2 ** bits;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: span - 1 }),
        fc.integer({ min: -span / 2, max: span / 2 - 1 }),
        (from, turn) => {
          const to = (((from + turn) % span) + span) % span;
          expect(positionDelta(from, to, bits)).toBe(turn);
        },
      ),
    );
  });

  it('goes the short way over the end of the range', () => {
    expect(positionDelta(0xfff0, 0x0010, 16)).toBe(0x20);
    expect(positionDelta(0x0010, 0xfff0, 16)).toBe(-0x20);
    expect(positionDelta(2 ** 48 - 1, 0, 48)).toBe(1);
  });
});

// Proves that pulses and counts convert into each other without loss.
describe('pulsesToCounts', () => {
  it('gives a revolution for a revolution', () => {
    expect(pulsesToCounts(51_200, 51_200, 65_536)).toBe(65_536);
  });

  it('is undone by countsToPulses to the pulse', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 1, max: 256 }), (pulses, microstep) => {
        const counts = pulsesToCounts(pulses, microstep * 200, 65_536);
        expect(Math.round(countsToPulses(counts, microstep * 200, 65_536))).toBe(pulses);
      }),
    );
  });

  it('agrees with revolutions', () => {
    expect(countsToRevolutions(pulsesToCounts(25_600, 51_200, 65_536), 65_536)).toBe(0.5);
  });
});
