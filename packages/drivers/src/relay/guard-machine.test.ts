// Proves that whatever is ordered, whenever, and however late writes take effect: no relay is on for longer than the newest
// order said (I14), none after the end, and on-time is told once and never too little (I4).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GUARD_AT_START, type GuardEffect, type GuardInput, stepGuard } from './guard-machine.ts';

/** Runs the machine as its runner does: time comes exactly when due, writes take effect `lagMs` later. */
class Bench {
  state = GUARD_AT_START;
  nowMs = 0;
  toldMs = 0;
  /** What the lines truly are, and since when; on-time of all relays. */
  truth = { channel: null as number | null, onMs: 0 };
  readonly log: { readonly atMs: number; readonly channel: number | null }[] = [];
  finishedWhy: string | null = null;
  readonly #writes: { readonly dueMs: number; readonly channel: number | null; readonly isLast: boolean }[] = [];
  readonly #lagMs: number;

  constructor(lagMs: number) {
    this.#lagMs = lagMs;
  }

  input(input: GuardInput): void {
    const [next, effects] = stepGuard(this.state, input, this.nowMs);
    this.state = next;
    for (const effect of effects) this.#perform(effect);
  }

  advance(byMs: number): void {
    const untilMs = this.nowMs + byMs;
    for (;;) {
      const dueMs = Math.min(this.#writes[0]?.dueMs ?? Infinity, this.state.untilMs ?? Infinity);
      if (dueMs > untilMs) break;
      this.#pass(dueMs);
      const write = this.#writes[0];
      if (write !== undefined && write.dueMs <= dueMs) {
        this.#writes.shift();
        this.truth.channel = write.channel;
        if (!write.isLast) this.input({ kind: 'written' });
      } else this.input({ kind: 'time' });
    }
    this.#pass(untilMs);
  }

  #pass(toMs: number): void {
    if (this.truth.channel !== null) this.truth.onMs += toMs - this.nowMs;
    this.nowMs = toMs;
  }

  #perform(effect: GuardEffect): void {
    if (effect.kind === 'answer') this.toldMs += effect.wasOnMs;
    else {
      if (effect.kind === 'finish') this.finishedWhy = effect.why;
      const channel = effect.kind === 'drive' ? effect.channel : null;
      this.log.push({ atMs: this.nowMs, channel });
      this.#writes.push({ dueMs: this.nowMs + this.#lagMs, channel, isLast: effect.kind === 'finish' });
    }
  }
}

const order = fc.record({
  channel: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 6 })),
  forMs: fc.integer({ min: 1, max: 250 }),
  pauseMs: fc.integer({ min: 0, max: 400 }),
});

describe('the guard', () => {
  it('lets no relay outlive the newest order, and tells all on-time once', () => {
    fc.assert(
      fc.property(fc.array(order, { maxLength: 30 }), fc.integer({ min: 0, max: 20 }), (orders, lagMs) => {
        const bench = new Bench(lagMs);
        for (const { channel, forMs, pauseMs } of orders) {
          bench.input({ kind: 'order', channel, forMs });
          const limitMs = bench.truth.onMs + (channel === null ? 0 : forMs) + lagMs;
          bench.advance(pauseMs);
          expect(bench.truth.onMs).toBeLessThanOrEqual(limitMs);
        }
        bench.advance(250 + lagMs);
        bench.input({ kind: 'order', channel: null, forMs: 0 });
        bench.advance(lagMs);
        expect(bench.truth.channel).toBeNull();
        const runs = bench.log.filter(
          ({ channel }, place) => channel !== null && !bench.log[place - 1]?.channel,
        ).length;
        expect(bench.toldMs).toBeGreaterThanOrEqual(bench.truth.onMs);
        expect(bench.toldMs).toBeLessThanOrEqual(bench.truth.onMs + runs * lagMs);
      }),
    );
  });

  it('obeys nothing after its end', () => {
    fc.assert(
      fc.property(fc.array(order, { minLength: 1, maxLength: 10 }), fc.nat(9), (orders, endsAfter) => {
        const bench = new Bench(3);
        for (const [place, { channel, forMs, pauseMs }] of orders.entries()) {
          if (place === Math.min(endsAfter, orders.length - 1)) bench.input({ kind: 'end', why: 'the pipe is lost' });
          bench.input({ kind: 'order', channel, forMs });
          bench.advance(pauseMs);
        }
        expect(bench.finishedWhy).toBe('the pipe is lost');
        expect(bench.log.at(-1)?.channel).toBeNull();
        bench.advance(3);
        expect(bench.truth.channel).toBeNull();
      }),
    );
  });
});
