// Proves the order of a dose: no motion before START is durable, none after a stop, and END only at proven rest (P8,
// P12, I3, I7).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  beginDose,
  type DoseEffect,
  type DoseFailure,
  type DoseInput,
  type DoseMachineState,
  type DoseTerms,
  type StopCause,
  type StopWish,
  stepDose,
} from './dose-machine.ts';

const TURN = 65536;
const E0 = 10_000_000;
const terms: DoseTerms = { encoder: { bits: 48, countsPerRev: TURN, sign: 1 }, capCounts: 4 * TURN };
const stalled: DoseFailure = { code: 'E102', message: 'stalled' };
const silent: DoseFailure = { code: 'E101', message: 'silent' };
const full: DoseFailure = { code: 'E303', message: 'full' };

const stop = (cause: Exclude<StopCause, 'fault'> = 'stop'): DoseInput => ({
  kind: 'stop-requested',
  wish: { cause, failure: null },
});
const baseline: DoseInput = { kind: 'baseline-read', position: E0 };
const journalled: DoseInput = { kind: 'start-journalled' };
const tick = (turns: number, nextTurns: number): DoseInput => ({
  kind: 'tick',
  position: E0 + turns * TURN,
  nextChunkCounts: nextTurns * TURN,
});
const ended = (kind: 'at-target' | 'stopped', turns: number): DoseInput => ({
  kind: 'motion-ended',
  outcome: { kind, position: E0 + turns * TURN },
});
const seen = (turns: number): DoseInput => ({ kind: 'standstill-seen', position: E0 + turns * TURN });
/** The board was told to stop and could not be read. */
const blind: DoseInput = { kind: 'motion-ended', outcome: { kind: 'stopped', position: null } };
const withdrawn: DoseInput = { kind: 'motion-ended', outcome: { kind: 'withdrawn' } };
const unproven: DoseInput = { kind: 'standstill-unproven', failure: silent };
const faulted = (failure: DoseFailure, turns: number | null, seenTurns = turns): DoseInput => ({
  kind: 'motion-ended',
  outcome: { kind: 'fault', failure, position: at(turns), seen: at(seenTurns) },
});
const at = (turns: number | null) => (turns === null ? null : E0 + turns * TURN);

/** Lives through `inputs`; those that do not fit are passed by and counted. */
function live(...inputs: DoseInput[]): { state: DoseMachineState; effects: DoseEffect[]; passedBy: number } {
  let { state, effects } = beginDose() as { state: DoseMachineState; effects: readonly DoseEffect[] };
  const all = [...effects];
  let passedBy = 0;
  for (const input of inputs) {
    const next = stepDose(terms, state, input);
    if (next === null) passedBy++;
    else {
      ({ state, effects } = next);
      all.push(...effects);
    }
  }
  return { state, effects: all, passedBy };
}
const kinds = (effects: readonly DoseEffect[]) => effects.map((effect) => effect.kind);

describe('a dose that goes well', () => {
  it('reads, journals, moves, ticks, journals and reports, in this order', () => {
    const { state, effects } = live(baseline, journalled, tick(0, 1), tick(1, 1), ended('at-target', 2), {
      kind: 'end-journalled',
    });
    expect(kinds(effects)).toEqual([
      'read-baseline',
      'journal-start',
      'move',
      'journal-tick',
      'journal-tick',
      'journal-end',
      'report',
    ]);
    expect(state).toEqual({
      kind: 'ended',
      ending: { cause: 'target', failure: null, travel: { lo: 2 * TURN, hi: 2 * TURN } },
    });
  });
});

describe('before motion', () => {
  it('is given up without a trace if the baseline cannot be read or somebody stops it', () => {
    expect(live({ kind: 'baseline-failed', failure: silent }).state).toEqual({
      kind: 'not-started',
      wish: { cause: 'fault', failure: silent },
    });
    const stopped = live(stop('emergency-stop'), baseline);
    expect(stopped.state.kind).toBe('not-started');
    expect(kinds(stopped.effects)).toEqual(['read-baseline', 'report']);
  });

  it('never moves after a stop that came while START was written, and records nothing given', () => {
    const { state, effects } = live(baseline, stop('lease-lost'), stop('stop'), journalled, { kind: 'end-journalled' });
    expect(kinds(effects)).toEqual(['read-baseline', 'journal-start', 'journal-end', 'report']);
    expect(state).toMatchObject({ kind: 'ended', ending: { cause: 'lease-lost', travel: { lo: 0, hi: 0 } } });
  });

  it('is given up if START cannot be journalled', () => {
    const failed: DoseInput = { kind: 'start-journal-failed', failure: full };
    expect(live(baseline, failed).state).toEqual({ kind: 'not-started', wish: { cause: 'fault', failure: full } });
    expect(live(baseline, stop('lease-lost'), failed).state).toMatchObject({ wish: { cause: 'lease-lost' } });
  });
});

describe('in motion', () => {
  const moving = [baseline, journalled, tick(0, 1)];

  it.each(['stop', 'emergency-stop', 'lease-lost', 'cap'] as const)(
    'stops for %s and measures what was given',
    (cause) => {
      const { state, effects } = live(...moving, tick(1, 1), stop(cause), ended('stopped', 1.5), seen(1.5));
      expect(kinds(effects).slice(-2)).toEqual(['stop-motor', 'journal-end']);
      expect(state).toMatchObject({ ending: { cause, travel: { lo: 1.5 * TURN, hi: 1.5 * TURN } } });
    },
  );

  it('does not end before the motion is over and the shaft was seen at rest, in whichever order', () => {
    expect(live(...moving, stop(), seen(0.5)).state.kind).toBe('stopping');
    for (const over of [faulted(stalled, null), faulted(stalled, 0.5), withdrawn, blind]) {
      expect(live(...moving, stop(), over).state.kind, JSON.stringify(over)).toBe('stopping');
    }
    expect(live(...moving, stop(), seen(0.5), ended('stopped', 0.5)).state.kind).toBe('journalling-end');
    expect(kinds(live(...moving, stop(), seen(0.5)).effects).at(-1)).toBe('stop-motor');
  });

  it('that ended by itself short of its target is stopped for certain, and counts as stopped', () => {
    for (const over of [withdrawn, ended('stopped', 0.5)]) {
      const { state } = live(...moving, over, seen(0.5));
      const travel = { lo: 0.5 * TURN, hi: 0.5 * TURN };
      expect(state).toEqual({ kind: 'journalling-end', ending: { cause: 'stop', failure: null, travel } });
    }
  });

  it('that broke while it was stopped ends with the fault', () => {
    const { state } = live(...moving, stop(), faulted(stalled, 0.5), seen(0.5));
    expect(state).toMatchObject({ ending: { cause: 'fault', failure: stalled, travel: { lo: 0, hi: 0.5 * TURN } } });
  });

  it('whose rest was seen once needs no other proof', () => {
    expect(live(...moving, stop(), seen(0.5), unproven).passedBy).toBe(1);
  });

  it('lets no chunk begin that would pass the cap', () => {
    const { state, effects } = live(...moving, tick(1, 2), tick(3, 2), ended('stopped', 3));
    expect(kinds(effects).filter((kind) => kind === 'journal-tick')).toHaveLength(2);
    expect(state).toMatchObject({ ending: { cause: 'cap', travel: { lo: 3 * TURN, hi: 3 * TURN } } });
  });

  it('lets a chunk begin that ends at the cap, or as near to it as an encoder can tell', () => {
    expect(live(...moving, tick(1, 2), tick(2, 2)).state.kind).toBe('moving');
    expect(live(...moving, tick(1, 2), tick(2, 2.04)).state.kind).toBe('moving');
    expect(live(...moving, tick(1, 2), tick(2, 2.1)).state.kind).toBe('stopping');
  });

  it('stops when a tick cannot be journalled', () => {
    const { state } = live(...moving, { kind: 'tick-journal-failed', failure: full }, ended('stopped', 0));
    expect(state).toMatchObject({ ending: { cause: 'fault', failure: full } });
  });

  it('stops the motor after a fault, and believes the liquid only up to the last tick', () => {
    const { state, effects } = live(...moving, tick(1, 1), faulted(stalled, 1.5), seen(1.5));
    expect(kinds(effects).slice(-2)).toEqual(['stop-motor', 'journal-end']);
    expect(state).toMatchObject({ ending: { cause: 'fault', failure: stalled, travel: { lo: TURN, hi: 1.5 * TURN } } });
  });

  it('is done when the stop came after the last chunk', () => {
    const { state } = live(...moving, tick(1, 0), stop(), ended('at-target', 1));
    expect(state).toMatchObject({ ending: { cause: 'target', travel: { lo: TURN, hi: TURN } } });
  });

  it('bounds what it cannot see: a board that stays silent ends with the range of its last chunk', () => {
    const { state } = live(...moving, tick(1, 1), stop(), faulted(silent, null), unproven);
    expect(state).toMatchObject({ ending: { cause: 'fault', failure: silent, travel: { lo: TURN, hi: 2 * TURN } } });
    const range = { lo: TURN, hi: 2 * TURN };
    expect(live(...moving, tick(1, 1), stop(), withdrawn, unproven).state).toMatchObject({
      ending: { cause: 'fault', failure: silent, travel: range },
    });
    expect(live(...moving, tick(1, 1), faulted(stalled, null), unproven).state).toMatchObject({
      ending: { failure: stalled, travel: range },
    });
  });

  it('counts as much as the motion may have reached where that is more than its last tick announced', () => {
    const lost = { kind: 'fault', failure: silent, position: null, seen: null, reach: 2 * TURN } as const;
    const outcomes = [lost, { kind: 'stopped', position: null, reach: 2 * TURN }] as const;
    for (const outcome of outcomes) {
      const { state } = live(
        baseline,
        journalled,
        tick(0, 1),
        tick(1, 0.5),
        { kind: 'motion-ended', outcome },
        unproven,
      );
      expect(state).toMatchObject({ ending: { travel: { lo: TURN, hi: 3 * TURN } } });
    }
  });

  it('books the whole chunk when the motion lost its board, though a reading of it comes later', () => {
    const { state } = live(...moving, tick(1, 1), faulted(silent, null), seen(1));
    expect(state).toMatchObject({ ending: { failure: silent, travel: { lo: TURN, hi: 2 * TURN } } });
  });

  it('counts all of a shaft that was stopped in the first turn of its counter, where its board counted on', () => {
    const outcome = { kind: 'stopped', position: TURN / 2 } as const;
    const hiAfter = (isUnbroken: boolean) => {
      const { state } = live(...moving, stop(), { kind: 'motion-ended', outcome: { ...outcome, isUnbroken } });
      return state.kind === 'journalling-end' ? state.ending.travel.hi : null;
    };
    expect(hiAfter(false)).toBe(TURN);
    expect(hiAfter(true)).toBe(E0 - TURN / 2);
  });

  it('takes a motion that ended late for what it was, where its driver counts that right', () => {
    const inputs = [...moving, tick(1, 1), tick(2.25, 0), ended('at-target', 2.25)];
    const ending = (state: DoseMachineState) => (state.kind === 'journalling-end' ? state.ending : null);
    const livedWith = (overrunCounts: number) => {
      let state = beginDose().state;
      for (const input of inputs) state = stepDose({ ...terms, overrunCounts }, state, input)?.state ?? state;
      return ending(state)?.travel;
    };
    expect(livedWith(0.3 * TURN)).toEqual({ lo: 2.25 * TURN, hi: 2.25 * TURN });
    expect(livedWith(0.1 * TURN)).toEqual({ lo: TURN, hi: 2.25 * TURN });
    expect(livedWith(0)).toEqual({ lo: TURN, hi: 2.25 * TURN });
  });

  it('counts what a pump may have turned beyond its last tick, where its driver knows of more than the tick announced', () => {
    const lost = (reachTurns: number): DoseInput => ({
      kind: 'motion-ended',
      outcome: { kind: 'fault', failure: silent, position: null, seen: null, reach: reachTurns * TURN },
    });
    const restarted: DoseInput = { kind: 'standstill-seen', position: 0 };
    for (const [reachTurns, hiTurns] of [
      [3, 4],
      [0.2, 2],
    ] as const) {
      const ending = { failure: silent, travel: { lo: TURN, hi: hiTurns * TURN } };
      expect(live(...moving, tick(1, 1), lost(reachTurns), restarted).state).toMatchObject({ ending });
      expect(live(...moving, tick(1, 1), stop(), lost(reachTurns), restarted).state).toMatchObject({ ending });
    }
  });

  it('counts what a shaft was seen to run on before its board lost power, and came back counting from zero', () => {
    const ranAway: DoseFailure = { code: 'E103', message: 'ran away' };
    const inputs = [...moving, tick(1, 1), faulted(ranAway, null, 7)];
    const ending = { failure: ranAway, travel: { lo: TURN, hi: 7 * TURN } };
    const restarted: DoseInput = { kind: 'standstill-seen', position: TURN / 2 };
    expect(live(...inputs, restarted).state).toMatchObject({ ending });
  });

  it.each(['E103', 'E109'] as const)(
    'goes on stopping a shaft that turns by itself (%s), whatever the limit',
    (code) => {
      const ranAway: DoseFailure = { code, message: 'ran away' };
      const { state, effects } = live(...moving, faulted(ranAway, 3), unproven, unproven, seen(9));
      expect(kinds(effects).filter((kind) => kind === 'stop-motor')).toHaveLength(3);
      expect(state).toMatchObject({ ending: { failure: ranAway, travel: { hi: 9 * TURN } } });
    },
  );
});

describe('after motion', () => {
  it('writes END until it is durable', () => {
    const { state, effects } = live(
      baseline,
      journalled,
      tick(0, 1),
      ended('at-target', 1),
      { kind: 'end-journal-failed' },
      { kind: 'end-journal-failed' },
      { kind: 'end-journalled' },
    );
    expect(kinds(effects).slice(-4)).toEqual(['journal-end', 'retry-journal-end', 'retry-journal-end', 'report']);
    expect(state.kind).toBe('ended');
  });

  it('passes by whatever comes late', () => {
    const over = [baseline, journalled, ended('at-target', 0), { kind: 'end-journalled' } as const];
    expect(live(...over, stop(), tick(1, 1), seen(0), ended('stopped', 1), journalled).passedBy).toBe(5);
  });
});

describe('any history', () => {
  const failure = fc.constantFrom(stalled, silent, full);
  const wish = fc.oneof(
    fc
      .constantFrom('stop' as const, 'emergency-stop' as const, 'lease-lost' as const, 'cap' as const)
      .map((cause): StopWish => ({ cause, failure: null })),
    failure.map((of): StopWish => ({ cause: 'fault', failure: of })),
  );
  const position = fc.integer({ min: 0, max: 6 }).map((turns) => E0 + turns * TURN);
  const input: fc.Arbitrary<DoseInput> = fc.oneof(
    position.map((at): DoseInput => ({ kind: 'baseline-read', position: at })),
    fc.constant(journalled),
    fc.record({ position, nextChunkCounts: fc.nat(TURN) }).map((one): DoseInput => ({ kind: 'tick', ...one })),
    wish.map((one): DoseInput => ({ kind: 'stop-requested', wish: one })),
    position.map((at): DoseInput => ({ kind: 'motion-ended', outcome: { kind: 'at-target', position: at } })),
    failure.map(
      (of): DoseInput => ({
        kind: 'motion-ended',
        outcome: { kind: 'fault', failure: of, position: null, seen: null },
      }),
    ),
    position.map((at): DoseInput => ({ kind: 'standstill-seen', position: at })),
    fc.constantFrom<DoseInput>(
      { kind: 'baseline-failed', failure: silent },
      { kind: 'start-journal-failed', failure: full },
      { kind: 'tick-journal-failed', failure: full },
      unproven,
      { kind: 'end-journalled' },
      { kind: 'end-journal-failed' },
    ),
  );

  it('moves at most once, only after START is durable, never after a stop, and reports at most once', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 40 }), (inputs) => {
        let state = beginDose().state;
        let [wasJournalled, wasStopped, moves, reports] = [false, false, 0, 0];
        for (const one of inputs) {
          const next = stepDose(terms, state, one);
          if (next === null) continue;
          if (one.kind === 'start-journalled') wasJournalled = true;
          if (one.kind === 'stop-requested') wasStopped = true;
          for (const effect of next.effects) {
            if (effect.kind === 'move') {
              moves++;
              expect(wasJournalled && !wasStopped).toBe(true);
            }
            if (effect.kind === 'journal-tick') expect(wasStopped).toBe(false);
            if (effect.kind === 'report') reports++;
            if (effect.kind === 'journal-end') {
              expect(effect.ending.travel.lo).toBeGreaterThanOrEqual(0);
              expect(effect.ending.travel.hi).toBeGreaterThanOrEqual(effect.ending.travel.lo);
            }
          }
          state = next.state;
        }
        expect(moves).toBeLessThanOrEqual(1);
        expect(reports).toBeLessThanOrEqual(1);
      }),
      { numRuns: 1000 },
    );
  });
});
