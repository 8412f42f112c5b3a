// Proves of the timeline of planned doses that no dose is lost in drawing, that days are as wide as each other also when clocks
// change, and where arrow keys lead.
import type { PlanDose } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import { browserZone } from '../schedules/browser-zone.ts';
import { cellMs, dayScale, type Move, moveTo, planRows } from './plan-marks.ts';

const zone = browserZone('Europe/Warsaw');
/** Two whole days and parts of two; clocks go on in the night to the 28th. */
const scale = dayScale({ from: '2027-03-27T11:00:00Z', until: '2027-03-30T11:00:00Z' }, zone);
const HOUR_MS = 3_600_000;

const dose = (pump_id: string, due_at: string, rest: Partial<PlanDose> = {}): PlanDose => ({
  dose_id: `${pump_id}.${due_at}`,
  pump_id,
  schedule_id: 's-1',
  due_at,
  state: 'given',
  starts_at: due_at,
  volume_ml: 2,
  duration_s: 4,
  waits_for: null,
  code: null,
  reason: null,
  ...rest,
});
const refused = { state: 'refused', starts_at: null, code: 'E425', reason: 'Too much.' } as const;

const DOSES = [
  dose('b', '2027-03-27T20:00:00Z'),
  dose('a', '2027-03-27T20:10:00Z'),
  dose('a', '2027-03-27T20:50:00Z', { volume_ml: 3, ...refused }),
  dose('a', '2027-03-28T06:00:00Z'),
  dose('a', '2027-03-28T20:00:00Z', { state: 'waits', waits_for: 'b.x' }),
  dose('a', '2027-03-29T06:00:00Z'),
  dose('gone', '2027-03-29T06:00:00Z'),
];
const rows = planRows(DOSES, ['a', 'b', 'idle'], scale, HOUR_MS);
const marks = rows[0]?.marks ?? [];

describe('the scale', () => {
  it('has whole days of one width, of 23 hours too', () => {
    expect([scale.days, scale.placeOf('2027-03-26T23:00:00Z')]).toEqual([4, 0]);
    const midnights = ['2027-03-27T23:00:00Z', '2027-03-28T22:00:00Z', '2027-03-29T22:00:00Z'];
    expect(midnights.map(scale.placeOf)).toEqual([0.25, 0.5, 0.75]);
  });

  it('draws parts of a day that can be told from each other, and never more than a day', () => {
    expect([5000, 700, 50, 0].map((px) => cellMs(scale, px) / HOUR_MS)).toEqual([1, 1, 24, 24]);
    expect(cellMs({ days: 15 }, 800) / HOUR_MS).toBe(4);
  });
});

describe('rows', () => {
  it('are those of pumps that are asked for something, known ones first', () => {
    expect(rows.map(({ pumpId }) => pumpId)).toEqual(['a', 'b', 'gone']);
  });

  it('hold each dose once; marks of several say the worst of them', () => {
    expect(marks.map(({ doses, givenMl, heldBackMl, state }) => [doses.length, givenMl, heldBackMl, state])).toEqual([
      [2, 2, 3, 'refused'],
      [1, 2, 0, 'given'],
      [1, 2, 0, 'waits'],
      [1, 2, 0, 'given'],
    ]);
  });

  it('stand at the hour of the wall, before and after clocks were changed', () => {
    expect(marks.map(({ at }) => at * 4 * 24)).toEqual([21, 32, 46, 56]);
  });
});

describe('a key', () => {
  it.each<[Move, number, number | string]>([
    ['ArrowRight', 0, 1],
    ['ArrowLeft', 1, 0],
    ['ArrowLeft', 0, 0],
    ['ArrowRight', 3, 3],
    ['Home', 2, 0],
    ['End', 0, 3],
    ['PageDown', 0, 1],
    ['PageDown', 1, 3],
    ['PageDown', 3, 3],
    ['PageUp', 2, 0],
    ['PageUp', 3, 1],
    ['ArrowDown', 3, 'b'],
    ['ArrowUp', 3, 3],
  ])('%s leads from mark %d to %s', (key, from, to) => {
    const [start] = marks.slice(from);
    if (start === undefined) throw new Error('no such mark');
    const wanted = typeof to === 'number' ? marks[to] : rows.find(({ pumpId }) => pumpId === to)?.marks[0];
    expect(moveTo(rows, start, key)).toBe(wanted);
  });

  it('up and down leads to the nearest in time', () => {
    const [gone] = rows[2]?.marks ?? [];
    if (gone === undefined) throw new Error('no such mark');
    const up = moveTo(rows, gone, 'ArrowUp');
    expect(up.pumpId).toBe('b');
    expect(moveTo(rows, up, 'ArrowUp')).toBe(marks[0]);
  });
});
