// Proves that each dose of the calendar is decided by its window alone, that of each pump one is given late at most, and that
// through restarts, sleeps and clocks that are set none is given twice, early or after its window (P21, P22).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callDue, type DueDose, decideDue, LATE_AFTER_MS } from './decide-due.ts';

const MINUTE_MS = 60_000;
const TOLERANCE_MS = 30 * MINUTE_MS;

const dose = (dueMin: number, change: Partial<DueDose> = {}): DueDose => ({
  pumpId: 'a',
  dueMs: dueMin * MINUTE_MS,
  startBeforeMs: dueMin * MINUTE_MS + TOLERANCE_MS,
  missedPolicy: 'late',
  ...change,
});

const decisions = (doses: readonly DueDose[], nowMin: number) =>
  decideDue(doses, nowMin * MINUTE_MS).map(({ dose: { dueMs }, decision }) => [dueMs / MINUTE_MS, decision]);

describe('a dose of the calendar', () => {
  it('is in time within its minute, late to the end of its window, and missed after it', () => {
    const one = dose(10);
    const at = (offsetMs: number) => callDue(one, one.dueMs + offsetMs);
    expect([-1, 0, LATE_AFTER_MS, LATE_AFTER_MS + 1, TOLERANCE_MS, TOLERANCE_MS + 1].map(at)).toEqual([
      'not-yet',
      'due',
      'due',
      'late',
      'late',
      'over',
    ]);
  });

  it('is given late, or skipped where its schedule says so', () => {
    expect(decisions([dose(0), dose(0, { pumpId: 'b', missedPolicy: 'skip' })], 15)).toEqual([
      [0, 'give-late'],
      [0, 'skip'],
    ]);
    expect(decisions([dose(0, { missedPolicy: 'skip' })], 31)).toEqual([[0, 'miss']]);
    expect(decisions([dose(0, { missedPolicy: 'skip' })], 0.5)).toEqual([[0, 'give']]);
  });
});

describe('of what a pump was passed over', () => {
  it('the newest is given late, and what is due just now as ever', () => {
    const doses = [dose(40), dose(0), dose(20), dose(50), dose(30, { pumpId: 'b' }), dose(51)];
    expect(decisions(doses, 50)).toEqual([
      [0, 'miss'],
      [20, 'superseded'],
      [30, 'give-late'],
      [40, 'give-late'],
      [50, 'give'],
    ]);
  });

  it('none is superseded by one that is skipped', () => {
    expect(decisions([dose(20), dose(30, { missedPolicy: 'skip' })], 40)).toEqual([
      [20, 'give-late'],
      [30, 'skip'],
    ]);
  });
});

it('is given at most once, never early and never after its window, however clocks and machines behave', () => {
  const arbitraryDose = fc.record({
    pumpId: fc.constantFrom('a', 'b'),
    dueMin: fc.integer({ min: 0, max: 600 }),
    toleranceMin: fc.integer({ min: 1, max: 120 }),
    missedPolicy: fc.constantFrom('late' as const, 'skip' as const),
  });
  const arbitraryStep = fc.oneof(
    { weight: 10, arbitrary: fc.integer({ min: 1, max: 5 * MINUTE_MS }) },
    { weight: 1, arbitrary: fc.integer({ min: -120 * MINUTE_MS, max: 120 * MINUTE_MS }) },
  );
  fc.assert(
    fc.property(
      fc.array(arbitraryDose, { maxLength: 20 }),
      fc.array(arbitraryStep, { maxLength: 300 }),
      (planned, steps) => {
        const doses = planned.map(({ dueMin, toleranceMin, ...rest }, id) => ({
          ...dose(dueMin, rest),
          id,
          startBeforeMs: (dueMin + toleranceMin) * MINUTE_MS,
        }));
        const decided = new Set<number>();
        let nowMs = 0;
        for (const byMs of steps) {
          nowMs += byMs;
          const open = doses.filter(({ id }) => !decided.has(id));
          const late = new Set<string>();
          for (const { dose: each, decision } of decideDue(open, nowMs)) {
            decided.add(each.id);
            expect(nowMs).toBeGreaterThanOrEqual(each.dueMs);
            const isGiven = decision === 'give' || decision === 'give-late';
            if (isGiven) expect(nowMs).toBeLessThanOrEqual(each.startBeforeMs);
            if (decision === 'miss') expect(nowMs).toBeGreaterThan(each.startBeforeMs);
            if (decision !== 'give-late') continue;
            expect(late.has(each.pumpId)).toBe(false);
            late.add(each.pumpId);
          }
        }
      },
    ),
    { numRuns: 200 },
  );
});
