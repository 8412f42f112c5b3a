import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Motion } from '../dose/dose.ts';
import { seededRandom } from '../ports/random.ts';
import { CHUNK_LIMIT_MS } from './chunk-step.ts';
import { learnClock, learnOverhead, turningMs, UNLEARNT_TIMING } from './chunk-timing.ts';
import { planChunk } from './plan-chunk.ts';

const FORBIDDEN = 96;
const SETTLE_MS = 30;

interface Board {
  readonly clockFactor: number;
  readonly latencyMs: number;
  /** Whether the end of a chunk is seen when it happens, as by a completion frame. */
  readonly tellsEnd: boolean;
  readonly seed: number;
}

/** Lives a motion as the driver does: wait out the chunk by the learnt clock, settle, learn, plan again. */
function simulate(motion: Motion, board: Board) {
  const random = seededRandom(board.seed);
  const jitter = () => board.latencyMs * (0.7 + 0.6 * random.unit());
  let timing = UNLEARNT_TIMING;
  let nowMs = 0;
  let pulses = 0;
  let restedAtMs = 0;
  const pauses: number[] = [];
  const chunks: { code: number; pulses: number; turnedMs: number }[] = [];
  for (let turns = 0; turns < 5000; turns++) {
    const step = planChunk(motion, { pulsesDone: pulses, elapsedMs: nowMs }, timing, FORBIDDEN);
    if (step.kind === 'done') return { nowMs, restedAtMs, pulses, chunks, pauses };
    nowMs += step.afterMs;
    const startMs = nowMs;
    const latencyMs = jitter();
    const turnedMs = turningMs(step.pulses, step.code, board.clockFactor);
    const wakeMs = step.expectedMs * 1.05 + board.latencyMs;
    const seenMs = latencyMs + turnedMs > wakeMs || board.tellsEnd ? latencyMs + turnedMs : wakeMs;
    pauses.push(startMs + latencyMs - restedAtMs);
    restedAtMs = startMs + latencyMs + turnedMs;
    nowMs += seenMs + SETTLE_MS * (0.8 + 0.4 * random.unit());
    pulses += step.pulses;
    chunks.push({ code: step.code, pulses: step.pulses, turnedMs });
    if (seenMs === latencyMs + turnedMs) timing = learnClock(timing, step.pulses, step.code, turnedMs);
    timing = learnOverhead(timing, step.expectedMs, nowMs - startMs);
  }
  throw new Error('the motion never ended');
}

const board = fc.record({
  clockFactor: fc.double({ min: 0.91, max: 1.09, noNaN: true }),
  latencyMs: fc.constant(30),
  tellsEnd: fc.boolean(),
  seed: fc.integer(),
});

/** A rate in speed codes: 0.02 is far under the slowest speed, 100 leaves the reserve that planning a dose keeps. */
const motion = fc
  .record({
    durationMs: fc.integer({ min: 10_000, max: 300_000 }),
    rate: fc.oneof(fc.double({ min: 0.02, max: 3, noNaN: true }), fc.double({ min: 1, max: 100, noNaN: true })),
    minCode: fc.constantFrom(1, 1, 4),
  })
  .map(
    ({ durationMs, rate, minCode }): Motion => ({
      pulses: Math.round((rate * durationMs) / 2),
      direction: 'forward',
      durationMs,
      minCode,
      maxCode: 127,
    }),
  );

// Proves that whatever the board's clock, a motion gives its pulses exactly and lasts as long as was ordered.
describe('planChunk, lived through', () => {
  it('gives each pulse once and ends within 1 % of the duration', () => {
    fc.assert(
      fc.property(motion, board, (ordered, emulated) => {
        const lived = simulate(ordered, emulated);
        expect(lived.pulses).toBe(ordered.pulses);
        expect(Math.abs(lived.nowMs - ordered.durationMs)).toBeLessThan(ordered.durationMs * 0.01);
      }),
      { numRuns: 400 },
    );
  });

  it('keeps to the codes of the motion, leaves the forbidden one out and turns for no longer than a chunk may (P9)', () => {
    fc.assert(
      fc.property(motion, board, (ordered, emulated) => {
        for (const chunk of simulate(ordered, emulated).chunks) {
          expect(chunk.code).toBeGreaterThanOrEqual(ordered.minCode);
          expect(chunk.code).toBeLessThanOrEqual(ordered.maxCode);
          expect(chunk.code).not.toBe(FORBIDDEN);
          expect(chunk.pulses).toBeGreaterThan(0);
          expect(chunk.turnedMs * emulated.clockFactor).toBeLessThanOrEqual(CHUNK_LIMIT_MS * 1.1);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is one motion of 30 s: pauses under 1 s, begin to end within 0.5 s, from a sixth of the slowest speed up', () => {
    const rates = fc.double({ min: 0.17, max: 100, noNaN: true });
    fc.assert(
      fc.property(rates, board, (rate, emulated) => {
        const ordered: Motion = {
          pulses: Math.round(rate * 15_000),
          direction: 'forward',
          durationMs: 30_000,
          minCode: 1,
          maxCode: 127,
        };
        const lived = simulate(ordered, emulated);
        expect(Math.max(...lived.pauses)).toBeLessThan(1000);
        expect(Math.abs(lived.restedAtMs - (lived.pauses[0] ?? 0) - 30_000)).toBeLessThan(500);
      }),
      { numRuns: 200 },
    );
  });
});

// Proves single decisions that the whole depends on.
describe('planChunk', () => {
  const ordered: Motion = { pulses: 10_000, direction: 'forward', durationMs: 10_000, minCode: 1, maxCode: 127 };
  const timing = { clockFactor: 1, overheadMs: 100 };
  const plan = (over: Partial<Motion>, pulsesDone: number, elapsedMs: number) =>
    planChunk({ ...ordered, ...over }, { pulsesDone, elapsedMs }, timing, FORBIDDEN);

  it('is done when all pulses have turned, or more', () => {
    expect(plan({}, 10_000, 0).kind).toBe('done');
    expect(plan({}, 10_003, 99_000).kind).toBe('done');
  });

  it('takes a code on either side of the wanted one', () => {
    const step = plan({}, 0, 0);
    expect(step.kind === 'run' && [2, 3]).toContain(step.kind === 'run' && step.code);
  });

  it('hurries at the fastest allowed code once it is late', () => {
    expect(plan({ maxCode: 20 }, 0, 12_000)).toMatchObject({ kind: 'run', code: 20, pulses: 10 * CHUNK_LIMIT_MS });
  });

  it('goes around the forbidden code, and refuses a motion that allows nothing else', () => {
    for (const pulses of [380_000, 430_000, 440_000, 450_000]) {
      const step = plan({ pulses, minCode: 95 }, 0, 0);
      expect(step.kind === 'run' && step.code).not.toBe(FORBIDDEN);
    }
    expect(() => plan({ minCode: 96, maxCode: 96 }, 0, 0)).toThrow('at least one speed code');
  });

  it('starts a slow motion at once, then rests', () => {
    const slow = { pulses: 1000, durationMs: 10_000 };
    const first = plan(slow, 0, 0);
    if (first.kind !== 'run') throw new Error('a motion begins with a chunk');
    expect(first.afterMs).toBe(0);
    const second = plan(slow, first.pulses, first.expectedMs + timing.overheadMs);
    expect(second.kind === 'run' && second.afterMs).toBeGreaterThan(400);
  });

  it('makes bursts of 100 ms and long rests where the rate is too low for short ones', () => {
    const first = plan({ pulses: 200, durationMs: 60_000 }, 0, 0);
    expect(first).toMatchObject({ kind: 'run', code: 1, pulses: 50 });
  });
});
