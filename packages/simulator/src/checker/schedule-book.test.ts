// Proves that the checker asks for each occurrence of a schedule until it has an end (I8), knows what a change forgot, and which
// dose is of an occurrence that was never asked for.
import { expect, it } from 'vitest';
import { ScheduleBook, type ScheduleInForce } from './schedule-book.ts';

const HOUR_MS = 3_600_000;
const NIGHT_MS = Date.UTC(2027, 9, 30, 22);
const SCHEDULE: ScheduleInForce = {
  scheduleId: 's-1f',
  pumpId: 'a',
  rule: { kind: 'cron', expression: '*/30 2 * * *' },
  volumeMl: 1,
  timezone: 'Europe/Warsaw',
  pausedUntil: null,
  isEnabled: true,
  toleranceS: 1_800,
  missedPolicy: 'late',
};

function bookOf(schedule: ScheduleInForce) {
  const ends = new Map<string, number | null>();
  const book = new ScheduleBook((doseId) => {
    const ended_at_ms = ends.get(doseId);
    return ended_at_ms === undefined ? undefined : { row: { ended_at_ms } };
  });
  book.set(schedule, NIGHT_MS);
  return { book, ends };
}

it('asks for an occurrence until it has an end, and for the first pass of an hour only', () => {
  const { book, ends } = bookOf(SCHEDULE);
  expect(book.next(NIGHT_MS).map(({ doseId }) => doseId)).toEqual(['s-1f.20271031T000000Z']);
  expect(book.undecided(NIGHT_MS + 2 * HOUR_MS - 1)).toBeNull();
  expect(book.undecided(NIGHT_MS + 2 * HOUR_MS)?.doseId).toBe('s-1f.20271031T000000Z');
  ends.set('s-1f.20271031T000000Z', null);
  expect(book.undecided(NIGHT_MS + 2 * HOUR_MS)?.doseId).toBe('s-1f.20271031T000000Z');
  ends.set('s-1f.20271031T000000Z', 1);
  expect(book.undecided(NIGHT_MS + 3 * HOUR_MS)?.doseId).toBe('s-1f.20271031T003000Z');
  ends.set('s-1f.20271031T003000Z', 1);
  expect(book.undecided(NIGHT_MS + 20 * HOUR_MS)).toBeNull();
  expect(book.everAskedBy('s-1f', 's-1f.20271031T010000Z')).toEqual([]);
  expect(book.everAskedBy('s-2f', 's-1f.20271031T003000Z')).toEqual([]);
});

it('knows what a change forgot, and what counted before it', () => {
  const { book, ends } = bookOf(SCHEDULE);
  ends.set('s-1f.20271031T000000Z', 1);
  book.set({ ...SCHEDULE, rule: { kind: 'cron', expression: '0 8 * * *' } }, NIGHT_MS + 3 * HOUR_MS);
  expect(book.forgone.map(({ doseId }) => doseId)).toEqual(['s-1f.20271031T003000Z']);
  expect(book.everAskedBy('s-1f', 's-1f.20271031T000000Z')[0]?.dueMs).toBe(NIGHT_MS + 2 * HOUR_MS);
  expect(book.askedBy('s-1f', 's-1f.20271031T000000Z')).toBeNull();
  expect(book.everAskedBy('s-1f', 's-1f.20271030T060000Z')).toEqual([]);
  expect(book.askedBy('s-1f', 's-1f.20271031T070000Z')?.volumeMl).toBe(1);
});

it('asks anew from the time that somebody says it is', () => {
  const { book } = bookOf(SCHEDULE);
  book.set({ ...SCHEDULE, toleranceS: 600 }, NIGHT_MS + 20 * HOUR_MS);
  expect(book.undecided(NIGHT_MS + 3 * HOUR_MS)).toBeNull();
  book.accept(NIGHT_MS + HOUR_MS);
  expect(book.undecided(NIGHT_MS + 3 * HOUR_MS)?.doseId).toBe('s-1f.20271031T000000Z');
});
