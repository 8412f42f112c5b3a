// Proves that numbers carry their units and instants the zone of the site, in each language.
import { expect, it } from 'vitest';
import { makeFormat } from './format.ts';

const english = makeFormat('en', 'Europe/Warsaw');
const polish = makeFormat('pl', 'Europe/Warsaw');

it('writes volumes with as many digits as a pump can mean', () => {
  expect([0.2, 2.345, 12.345, 123.45].map(english.ml)).toEqual(['0.2 ml', '2.35 ml', '12.3 ml', '123 ml']);
  expect(polish.ml(2.345)).toBe('2,35 ml');
});

it('writes an order to the last digit that was typed', () => {
  expect([2.345, 12.3456, 0.1 + 0.2].map(english.orderedMl)).toEqual(['2.345 ml', '12.3456 ml', '0.3 ml']);
});

it('writes durations as people say them', () => {
  const seconds = [4.25, 59.96, 60, 125, 3600, 3780];
  expect(seconds.map(english.duration)).toEqual(['4.3 s', '1 min', '1 min', '2 min 5 s', '1 h', '1 h 3 min']);
});

it('tells the hour of the site on both sides of a clock change', () => {
  expect(english.time('2026-03-29T00:30:00Z')).toBe('01:30');
  expect(english.time('2026-03-29T01:30:00Z')).toBe('03:30');
});
