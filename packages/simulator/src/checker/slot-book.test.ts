// Proves that the checker's own calendar of weekly plans is the one that the dose protocol names, and that each slot is asked
// for until it has an end (I8).
import { slotDoseId, slotsBetween } from '@perista/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lastSlot, nextSlot, type PlanInForce, SlotBook, slotStartMs } from './slot-book.ts';

const DAY_MS = 86_400_000;
const arbitraryPlan = fc.record({
  pumpId: fc.constant('relay-1'),
  channel: fc.integer({ min: 1, max: 6 }),
  isEnabled: fc.constant(true),
  days: fc.integer({ min: 1, max: 127 }),
  dosesADay: fc.constantFrom(1 as const, 2 as const),
  weeklyMl: fc.constant(7),
});

it('has the slots of the product, next and last', () => {
  fc.assert(
    fc.property(arbitraryPlan, fc.integer({ min: 20_000 * DAY_MS, max: 25_000 * DAY_MS }), (plan, wallMs) => {
      const place = { channel: plan.channel, channelCount: 6 };
      const [next] = slotsBetween(plan, place, wallMs + 1, wallMs + 8 * DAY_MS);
      const last = slotsBetween(plan, place, wallMs - 8 * DAY_MS, wallMs + 1).at(-1);
      expect(nextSlot(plan, wallMs)?.dueMs).toBe(next?.dueMs);
      expect(lastSlot(plan, wallMs)?.dueMs).toBe(last?.dueMs);
      expect(nextSlot(plan, wallMs)?.doseId).toBe(next && slotDoseId('relay-1', next.slot));
      expect(slotStartMs(plan, next?.dueMs ?? 0)).toBe(next?.dueMs);
      expect(lastSlot(plan, next?.dueMs ?? 0)?.dueMs).toBe(next?.dueMs);
    }),
  );
});

it('asks for a slot until it has an end, then for the next, and knows what a new plan forgot', () => {
  const ends = new Map<string, number | null>();
  const book = new SlotBook((doseId) => {
    const ended_at_ms = ends.get(doseId);
    return ended_at_ms === undefined ? undefined : { row: { ended_at_ms } };
  });
  const plan: PlanInForce = {
    pumpId: 'relay-2',
    channel: 2,
    isEnabled: true,
    days: 127,
    dosesADay: 2,
    weeklyMl: 7,
  };
  const midnightMs = 20_000 * DAY_MS;
  const hourMs = 3_600_000;
  book.set(plan, midnightMs);
  expect(book.undecided(midnightMs + 2 * hourMs - 1)).toBeNull();
  expect(book.undecided(midnightMs + 2 * hourMs)?.doseId).toBe('relay-2.20000.morning');
  ends.set('relay-2.20000.morning', null);
  expect(book.undecided(midnightMs + 3 * hourMs)?.doseId).toBe('relay-2.20000.morning');
  ends.set('relay-2.20000.morning', 1);
  expect(book.undecided(midnightMs + 3 * hourMs)).toBeNull();
  expect(book.undecided(midnightMs + 15 * hourMs)?.doseId).toBe('relay-2.20000.evening');
  book.set({ ...plan, isEnabled: false }, midnightMs + 15 * hourMs);
  expect(book.forgone.map(({ doseId }) => doseId)).toEqual(['relay-2.20000.evening']);
  expect(book.undecided(midnightMs + 90 * hourMs)).toBeNull();
});
