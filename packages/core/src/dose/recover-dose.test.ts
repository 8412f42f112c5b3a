// Proves that a settled travel always holds the true one, is exact where the encoder allows it, and is bounded
// elsewhere (I4, I16).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advanceTravel,
  type Encoder,
  recoverDose,
  shaftTravel,
  travelAfterFault,
  travelOutOfTouch,
  travelVolume,
  type Waypoint,
} from './recover-dose.ts';

const TURN = 65536;
const wide: Encoder = { bits: 48, countsPerRev: TURN, sign: 1 };
const narrow: Encoder = { bits: 16, countsPerRev: TURN, sign: 1 };
const E0 = 10_000_000;

const tick = (travelled: number, nextChunkCounts: number, position = E0 + travelled): Waypoint => ({
  position,
  travel: { lo: travelled, hi: travelled },
  nextChunkCounts,
});
/** At rest there; nothing is known of its board's pulses. */
const at = (position: number) => ({ position });
const unended = (lastTick: Waypoint | null, encoder = wide) => ({ encoder, e0: E0, targetCounts: 8 * TURN, lastTick });

describe('recoverDose', () => {
  it('is nothing for a START without a tick whose encoder stands where it stood', () => {
    expect(recoverDose(unended(null), at(E0))).toEqual({ lo: 0, hi: 0 });
    expect(recoverDose(unended(null), at(E0 + 3))).toEqual({ lo: 0, hi: 0 });
  });

  it('is nothing too when the board lost its turns meanwhile and stands at the same angle', () => {
    for (const off of [0, 3, -3]) expect(recoverDose(unended(null), at((E0 % TURN) + off))).toEqual({ lo: 0, hi: 0 });
  });

  it('is measured from the baseline where the shaft has turned and its ticks were lost', () => {
    expect(recoverDose(unended(null), at(E0 + TURN))).toEqual({ lo: TURN, hi: TURN });
    const angle = (E0 + TURN / 2) % TURN;
    expect(recoverDose(unended(null), at(angle))).toEqual({ lo: TURN / 2, hi: 7.5 * TURN });
  });

  it('is a range where a counter may have begun anew, or its shaft have turned back', () => {
    const last = tick(0, 1.5 * TURN, 1.5 * TURN);
    expect(recoverDose({ ...unended(last), e0: 1.5 * TURN }, at(0.75 * TURN))).toEqual({ lo: 0, hi: 1.5 * TURN });
  });

  it('is exact where the encoder shows a place within the chunk', () => {
    expect(recoverDose(unended(tick(2 * TURN, TURN)), at(E0 + 2.5 * TURN))).toEqual({ lo: 2.5 * TURN, hi: 2.5 * TURN });
  });

  it('is one chunk from the last tick where there is no reading', () => {
    expect(recoverDose(unended(tick(2 * TURN, TURN)), null)).toEqual({ lo: 2 * TURN, hi: 3 * TURN });
  });

  it('reaches further than its last tick announced where nobody was left to end it there, unless it was over', () => {
    const dose = { ...unended(tick(2 * TURN, TURN)), abandonedCounts: 4 * TURN };
    expect(recoverDose(dose, null)).toEqual({ lo: 2 * TURN, hi: 6 * TURN });
    expect(recoverDose({ ...dose, lastTick: tick(2 * TURN, 5 * TURN) }, null)).toEqual({ lo: 2 * TURN, hi: 7 * TURN });
    expect(recoverDose({ ...dose, lastTick: tick(2 * TURN, 0) }, null)).toEqual({ lo: 2 * TURN, hi: 2 * TURN });
  });

  it('may be one chunk more where a newer tick cannot be read, and no more than the target', () => {
    const dose = { ...unended(tick(2 * TURN, TURN)), mayHaveTicked: true };
    expect(recoverDose(dose, null)).toEqual({ lo: 2 * TURN, hi: 4 * TURN });
    expect(recoverDose(dose, at(E0 + 3.5 * TURN))).toEqual({ lo: 3.5 * TURN, hi: 3.5 * TURN });
    expect(recoverDose(dose, at((E0 + 3.5 * TURN) % TURN))).toEqual({ lo: 2.5 * TURN, hi: 3.5 * TURN });
    expect(recoverDose({ ...dose, targetCounts: 3.2 * TURN }, null)).toEqual({ lo: 2 * TURN, hi: 3.2 * TURN });
    expect(recoverDose({ ...dose, lastTick: tick(2 * TURN, 0) }, null)).toEqual({ lo: 2 * TURN, hi: 2 * TURN });
  });

  it('is anything up to the target where nothing turns an encoder and the only tick cannot be read', () => {
    const dose = { ...unended(null), abandonedCounts: 4 * TURN };
    expect(recoverDose({ ...dose, mayHaveTicked: true }, at(E0))).toEqual({ lo: 0, hi: 8 * TURN });
    expect(recoverDose(dose, at(E0))).toEqual({ lo: 0, hi: 0 });
    expect(recoverDose({ ...unended(null), mayHaveTicked: true }, at(E0))).toEqual({ lo: 0, hi: 0 });
  });

  it('counts all of a shaft that ran on or back while nobody watched, or after a tick that was lost', () => {
    expect(recoverDose(unended(tick(2 * TURN, TURN)), at(E0 + 50 * TURN))).toEqual({ lo: 2 * TURN, hi: 50 * TURN });
    expect(recoverDose(unended(tick(2 * TURN, TURN)), at(E0))).toEqual({ lo: 0, hi: 4 * TURN });
  });

  it('takes a board that may have restarted by its angle: exact within one turn, a range beyond', () => {
    const angle = (turned: number) => (E0 + turned) % TURN;
    expect(recoverDose(unended(tick(2 * TURN, 0.9 * TURN)), at(angle(2.5 * TURN)))).toEqual({
      lo: 2.5 * TURN,
      hi: 2.5 * TURN,
    });
    expect(recoverDose(unended(tick(2 * TURN, 3 * TURN)), at(angle(3.5 * TURN)))).toEqual({
      lo: 2.5 * TURN,
      hi: 4.5 * TURN,
    });
  });

  it('believes nothing of a counter that may just have begun at zero', () => {
    expect(recoverDose(unended(tick(2 * TURN, TURN)), at(0))).toEqual({ lo: 2 * TURN, hi: 3 * TURN });
    expect(recoverDose(unended(tick(0, TURN, 5), wide), at(2 ** 48 - 7))).toEqual({ lo: 0, hi: TURN });
    expect(recoverDose(unended(null), at(0))).toEqual({ lo: 0, hi: 0 });
  });

  it('counts a shaft that ran on within the first turn of its counter with all that it turned', () => {
    const start = { ...unended(tick(0, 0.25 * TURN, 0)), e0: 0 };
    expect(recoverDose(start, at(0.5 * TURN))).toEqual({ lo: 0, hi: 0.5 * TURN });
    expect(recoverDose({ ...start, encoder: narrow }, at(0.375 * TURN))).toEqual({ lo: 0, hi: 0.375 * TURN });
    const far = tick(2 * TURN, 0.25 * TURN, 100 * TURN);
    expect(recoverDose(unended(far), at(0.75 * TURN))).toEqual({ lo: 2 * TURN, hi: 2.25 * TURN });
  });

  it('does not take a shaft that ran on by a turn, through the zero of its counter, for a board that restarted', () => {
    const encoder = { ...wide, sign: -1 as const };
    const start = { ...unended(tick(0, 0.9 * TURN, 0.5 * TURN), encoder), e0: 0.5 * TURN };
    expect(recoverDose(start, at(2 ** 48 - 0.875 * TURN))).toEqual({ lo: 0, hi: 1.375 * TURN });
  });

  it('counts a shaft that ran on into the first turn from wherever, where its board has pulsed more than that chunk', () => {
    const before = { ...unended(tick(0, 0.5 * TURN, 2 ** 48 - 3.5 * TURN)), e0: 2 ** 48 - 3.5 * TURN };
    const position = 0.25 * TURN;
    expect(recoverDose(before, { position })).toEqual({ lo: 0, hi: 0.5 * TURN });
    expect(recoverDose(before, { position, pulsedCounts: 0.5 * TURN })).toEqual(recoverDose(before, { position }));
    for (const pulsedCounts of [-3 * TURN, 3 * TURN]) {
      expect(recoverDose(before, { position, pulsedCounts })).toEqual({ lo: 0, hi: 3.75 * TURN });
      expect(recoverDose(before, { position: 0, pulsedCounts })).toEqual({ lo: 0, hi: 3.5 * TURN });
    }
  });

  it('takes a shaft that would have turned back by more than its chunk for one of a board that restarted', () => {
    const encoder = { ...wide, sign: -1 as const };
    const start = unended(tick(TURN, 0.9 * TURN, 2 ** 48 - 0.5 * TURN), encoder);
    expect(recoverDose(start, at(0.875 * TURN))).toEqual({ lo: 1.625 * TURN, hi: 1.625 * TURN });
  });

  it('cannot tell whole turns apart on a 16-bit counter, and says so by a range', () => {
    const last = tick(0, 3 * TURN, 1000);
    expect(recoverDose({ ...unended(last, narrow), e0: 1000 }, at(1000 + 0.5 * TURN))).toEqual({
      lo: 0.5 * TURN,
      hi: 2.5 * TURN,
    });
    const short = tick(0, 0.5 * TURN, 1000);
    expect(recoverDose({ ...unended(short, narrow), e0: 1000 }, at(1000 + 0.25 * TURN))).toEqual({
      lo: TURN / 4,
      hi: TURN / 4,
    });
  });

  it('holds the true travel for every crash within a chunk, in both directions and past the wrap of the counter', () => {
    const arbitrary = fc.record({
      bits: fc.constantFrom(16, 32, 48),
      sign: fc.constantFrom(1 as const, -1 as const),
      position: fc.oneof(fc.nat(2 ** 31), fc.integer({ min: -2 * TURN, max: 2 * TURN })),
      travelled: fc.nat(40 * TURN),
      chunk: fc.integer({ min: 1, max: 6 * TURN }),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
      restart: fc.constantFrom('none', 'keeps-angle', 'from-zero'),
    });
    fc.assert(
      fc.property(arbitrary, ({ bits, sign, position, travelled, chunk, part, restart }) => {
        const encoder = { bits, countsPerRev: TURN, sign };
        const span = 2 ** bits;
        const wrap = (value: number) => ((value % span) + span) % span;
        const last = tick(travelled, chunk, wrap(position));
        const moved = Math.round(chunk * part);
        const full = wrap(position + sign * moved);
        const now = { none: full, 'keeps-angle': full % TURN, 'from-zero': 0 }[restart] ?? full;
        const travel = recoverDose({ encoder, e0: 0, targetCounts: 100 * TURN, lastTick: last }, at(now));
        expect(travel.lo).toBeLessThanOrEqual(travelled + moved);
        expect(travel.hi).toBeGreaterThanOrEqual(travelled + moved);
        expect(travel.lo).toBeGreaterThanOrEqual(0);
        const isNearZero = Math.min(last.position, span - last.position) <= 1.1 * (TURN + chunk);
        const widest = isNearZero ? Math.max(2 * chunk, 2 * TURN) : chunk;
        expect(travel.hi - travel.lo).toBeLessThanOrEqual(widest * 1.05 + 0.05 * TURN);
      }),
      { numRuns: 500 },
    );
  });
});

describe('advanceTravel', () => {
  it('trusts a board that was in touch in its first turn too', () => {
    const last = tick(0, 5 * TURN, 0);
    expect(advanceTravel(wide, last, TURN)).toEqual({ lo: TURN, hi: TURN });
  });

  it('takes a shaft that gave way a hair for where it is, never for nothing', () => {
    expect(advanceTravel(wide, tick(2 * TURN, TURN), E0 + 2 * TURN - 3)).toEqual({
      lo: 2 * TURN - 3,
      hi: 2 * TURN - 3,
    });
    expect(advanceTravel(wide, tick(0, TURN), E0 - 3)).toEqual({ lo: 0, hi: 0 });
  });

  it('counts all of a shaft that was stopped beyond its chunk, unless its counter began anew far from there', () => {
    const last = tick(2 * TURN, 0.5 * TURN);
    expect(advanceTravel(wide, last, E0 + 4 * TURN)).toEqual({ lo: 2 * TURN, hi: 4 * TURN });
    const back = { ...tick(0, 0.5 * TURN), position: E0 };
    expect(advanceTravel({ ...wide, sign: -1 }, back, E0 - 2 * TURN)).toEqual({ lo: 0, hi: 2 * TURN });
    expect(advanceTravel(wide, { ...last, position: E0 + 0.8 * TURN }, 0.5 * TURN)).toEqual({
      lo: 2 * TURN,
      hi: 2.5 * TURN,
    });
  });

  it('is what it was where nothing was ordered since and a counter began anew at the same angle', () => {
    const last = tick(0, 0, 2 ** 48 - 0.9 * TURN);
    expect(advanceTravel(wide, last, 0.1 * TURN)).toEqual({ lo: 0, hi: 0 });
    expect(advanceTravel(wide, last, 0)).toEqual({ lo: 0, hi: 0 });
    expect(advanceTravel(wide, last, 0.4 * TURN)).toMatchObject({ lo: 0, hi: expect.closeTo(1.3 * TURN, 0) });
    expect(advanceTravel(wide, last, 0.1 * TURN, { isUnbroken: true })).toMatchObject({ hi: expect.closeTo(TURN, 0) });
  });

  it('may have turned back by a chunk, or begun anew, where a counter stands near zero and its chunk reached there', () => {
    const last = tick(TURN, TURN, 1.5 * TURN);
    expect(advanceTravel(wide, last, 0.5 * TURN)).toEqual({ lo: 0, hi: 2 * TURN });
    expect(advanceTravel(wide, { ...last, position: 2.5 * TURN }, 0.5 * TURN)).toEqual({ lo: TURN, hi: 2 * TURN });
  });

  it('ran on into the first turn of its counter, from wherever, if that is known not to have begun anew', () => {
    const last = tick(0, 0.5 * TURN, 2 ** 48 - 3.5 * TURN);
    expect(advanceTravel(wide, last, 0.25 * TURN)).toEqual({ lo: 0, hi: 0.5 * TURN });
    expect(advanceTravel(wide, last, 0.25 * TURN, { isUnbroken: true })).toEqual({ lo: 0, hi: 3.75 * TURN });
    expect(advanceTravel(wide, tick(0, 5 * TURN, 0), TURN, { isUnbroken: true })).toEqual({ lo: TURN, hi: TURN });
  });

  it('books the whole chunk without a reading, wherever the shaft stood', () => {
    expect(advanceTravel(wide, tick(0, TURN, 0), null)).toEqual({ lo: 0, hi: TURN });
  });
});

describe('shaftTravel', () => {
  it('is what the shaft was seen to turn, and nothing where that is a range', () => {
    expect(shaftTravel({ lo: 7, hi: 7 })).toBe(7);
    expect(shaftTravel({ lo: 7, hi: 9 })).toBeNull();
    expect(shaftTravel({ lo: 7, hi: 9, shaft: 0 })).toBe(0);
  });
});

describe('travelAfterFault', () => {
  const last = tick(2 * TURN, TURN);

  it('proves the shaft, not the liquid: lo stays at the last tick', () => {
    expect(travelAfterFault(wide, last, E0 + 2.5 * TURN, null)).toEqual({
      lo: 2 * TURN,
      hi: 2.5 * TURN,
      shaft: 2.5 * TURN,
    });
  });

  it('counts all that a shaft has turned that ran on or back', () => {
    expect(travelAfterFault(wide, last, E0 + 9 * TURN, null)).toEqual({ lo: 2 * TURN, hi: 9 * TURN, shaft: 9 * TURN });
    expect(travelAfterFault(wide, last, E0 + TURN, null)).toEqual({ lo: TURN, hi: 3 * TURN });
    const first = tick(0, TURN / 10, 5000);
    expect(travelAfterFault(wide, first, 5000 + TURN / 2, null)).toEqual({ lo: 0, hi: TURN / 2, shaft: TURN / 2 });
    const nearZero = tick(2 * TURN, TURN, 0.75 * TURN);
    expect(travelAfterFault(wide, nearZero, 0.25 * TURN, null)).toEqual({ lo: 1.5 * TURN, hi: 3 * TURN });
  });

  it('never proves more than was turned: a shaft at rest, or one that gave way a hair', () => {
    expect(travelAfterFault(wide, last, E0 + 2 * TURN, null)).toEqual({ lo: 2 * TURN, hi: 2 * TURN, shaft: 2 * TURN });
    const back = 2 * TURN - 3;
    expect(travelAfterFault(wide, last, E0 + back, null)).toEqual({ lo: back, hi: back, shaft: back });
  });

  it('tells no turn of the shaft where its counter leaves several', () => {
    const ambiguous = tick(0, 3 * TURN, 1000);
    expect(travelAfterFault(narrow, ambiguous, 1000 + 0.25 * TURN, null)).toEqual({ lo: 0, hi: 2.25 * TURN });
  });

  it('is a range where a shaft turned back, though by less than its chunk may lack', () => {
    const turned = 2 * TURN - 1_000;
    expect(travelAfterFault(wide, last, E0 + turned, null)).toEqual({ lo: turned, hi: 3 * TURN });
  });

  it('counts all that a shaft has turned back into the first turn of a counter that is known to be whole', () => {
    expect(travelAfterFault(wide, last, 77, E0 - TURN, { isUnbroken: true })).toEqual({
      lo: 0,
      hi: E0 + 4 * TURN - 77,
    });
  });

  it('falls back to the chunk where the board restarted or cannot be read', () => {
    const chunk = { lo: 2 * TURN, hi: 3 * TURN };
    expect(travelAfterFault(wide, last, 77, null)).toEqual(chunk);
    expect(travelAfterFault(wide, last, null, null)).toEqual(chunk);
    expect(travelAfterFault(wide, tick(0, TURN, 0), null, null)).toEqual({ lo: 0, hi: TURN });
  });
});

describe('travelOutOfTouch', () => {
  const last = tick(2 * TURN, TURN);
  const chunk = { lo: 2 * TURN, hi: 3 * TURN };

  it('takes nothing from a board that may have restarted, wherever its counters now stand', () => {
    for (const now of [null, 0, 77, TURN, 2 * TURN]) expect(travelOutOfTouch(wide, last, now, null)).toEqual(chunk);
  });

  it('counts all of a shaft that has run on for certain', () => {
    expect(travelOutOfTouch(wide, last, E0 + 9 * TURN, null)).toMatchObject({ lo: 2 * TURN, hi: 9 * TURN });
    expect(travelOutOfTouch(wide, last, E0 + TURN, null)).toEqual({ lo: TURN, hi: 3 * TURN });
  });
});

describe('a motion that failed', () => {
  it('counts what the shaft was seen to run on before its board was out of touch', () => {
    const last = tick(2 * TURN, TURN);
    const ranOn = { lo: 2 * TURN, hi: 9 * TURN };
    for (const settle of [travelAfterFault, travelOutOfTouch]) {
      for (const now of [null, 0, 77, TURN / 2]) expect(settle(wide, last, now, E0 + 9 * TURN)).toEqual(ranOn);
      expect(settle(wide, last, null, E0 + TURN)).toEqual({ lo: TURN, hi: 3 * TURN });
    }
  });

  it('takes no sight of the shaft for more than it is: within the chunk, or from a counter begun anew', () => {
    const last = tick(2 * TURN, TURN);
    const chunk = { lo: 2 * TURN, hi: 3 * TURN };
    for (const seen of [E0 + 2 * TURN, E0 + 3 * TURN, 0, 77]) {
      for (const settle of [travelAfterFault, travelOutOfTouch]) expect(settle(wide, last, null, seen)).toEqual(chunk);
    }
    const settled = travelAfterFault(wide, last, E0 + 2.5 * TURN, E0 + 40 * TURN);
    expect(settled).toEqual({ lo: 2 * TURN, hi: 2.5 * TURN, shaft: 2.5 * TURN });
  });

  it('is told by a range that holds the true travel, whatever the shaft did within its chunk, or a hair before it', () => {
    const arbitrary = fc.record({
      sign: fc.constantFrom(1 as const, -1 as const),
      position: fc.integer({ min: 4 * TURN, max: 2 ** 31 }),
      travelled: fc.nat(40 * TURN),
      chunk: fc.integer({ min: 1, max: 3 * TURN }),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
      noise: fc.integer({ min: -50, max: 50 }),
    });
    fc.assert(
      fc.property(arbitrary, ({ sign, position, travelled, chunk, part, noise }) => {
        const moved = Math.max(-travelled, Math.round(chunk * part) + noise);
        const last = tick(travelled, chunk, position);
        for (const settle of [travelAfterFault, travelOutOfTouch]) {
          const travel = settle({ ...wide, sign }, last, position + sign * moved, null);
          // Out of touch the last tick is believed rather than the reading.
          const slack = settle === travelOutOfTouch ? 50 : 0;
          expect(travel.lo - slack).toBeLessThanOrEqual(travelled + moved);
          expect(travel.hi + slack).toBeGreaterThanOrEqual(travelled + moved);
          expect(travel.lo).toBeLessThanOrEqual(travel.hi);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('travelVolume', () => {
  it('is turns times ml per turn', () => {
    expect(travelVolume({ lo: TURN, hi: 2 * TURN }, TURN, 0.18)).toEqual({ loMl: 0.18, hiMl: 0.36 });
  });
});
