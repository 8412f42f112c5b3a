// Proves that stages follow real acknowledgements in order, and that a plain device's silence is not told as a receipt.
import { expect, it } from 'vitest';
import { stageMarks } from './waiting-stages.ts';

const marks = (state: Parameters<typeof stageMarks>[0]['state'], isPlain = false, infusion: 'running' | null = null) =>
  Object.values(
    stageMarks({ state, receivedAt: state === 'received' ? 'x' : null }, infusion && { state: infusion }, isPlain),
  );

it.each([
  ['created', ['now', 'next', 'next', 'next']],
  ['published', ['done', 'now', 'next', 'next']],
  ['received', ['done', 'done', 'now', 'next']],
  ['accepted', ['done', 'done', 'done', 'now']],
] as const)('%s', (state, expected) => {
  expect(marks(state)).toEqual(expected);
});

it('skips what a plain device does not tell', () => {
  expect(marks('published', true)).toEqual(['done', 'skipped', 'now', 'next']);
  expect(marks('published', true, 'running')).toEqual(['done', 'skipped', 'done', 'done']);
});
