// Proves that a pump starts neither sooner nor later after others than the minutes between them ask for.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { earliestStart, MS_PER_MINUTE, type Separation } from './earliest-start.ts';

const APART: Separation[] = [
  { pumps: ['alk', 'ca'], minutes: 10 },
  { pumps: ['mg', 'alk'], minutes: 3 },
];

describe('the earliest start', () => {
  it('names the pump that is waited for longest', () => {
    const ends = [
      { pumpId: 'ca', endMs: 1_000 },
      { pumpId: 'mg', endMs: 300_000 },
      { pumpId: 'other', endMs: 9_000_000 },
    ];
    const held = earliestStart('alk', { separations: APART }, ends);
    expect(held).toEqual({ atMs: 601_000, waitsFor: 'ca', minutes: 10 });
  });

  it('is free after pumps that need no distance', () => {
    expect(earliestStart('ca', { separations: APART }, [{ pumpId: 'mg', endMs: 5 }])).toBeNull();
  });

  it('follows the end of the pump itself and of its group at once, unless minutes were chosen too', () => {
    const rules = { separations: APART, groupOf: new Map(['alk', 'ca', 'mg', 'x'].map((id) => [id, 'relays'])) };
    expect(earliestStart('x', rules, [{ pumpId: 'ca', endMs: 7 }])?.atMs).toBe(7);
    expect(earliestStart('free', rules, [{ pumpId: 'free', endMs: 7 }])?.atMs).toBe(7);
    expect(earliestStart('alk', rules, [{ pumpId: 'ca', endMs: 0 }])?.atMs).toBe(10 * MS_PER_MINUTE);
  });
});

const pumpId = fc.constantFrom('a', 'b', 'c', 'd');
const separation = fc
  .tuple(pumpId, pumpId, fc.integer({ min: 1, max: 1440 }))
  .filter(([a, b]) => a !== b)
  .map(([a, b, minutes]): Separation => ({ pumps: [a, b], minutes }));
const separations = fc.uniqueArray(separation, { selector: ({ pumps }) => [...pumps].sort().join() });
const ends = fc.array(fc.record({ pumpId, endMs: fc.nat(2_000_000_000) }));

describe('for all pumps, distances and ends', () => {
  it('nothing may start too near to an end, and the one that is waited for is exactly as far as it must be', () => {
    fc.assert(
      fc.property(pumpId, separations, ends, (id, chosen, all) => {
        const held = earliestStart(id, { separations: chosen }, all);
        for (const { pumps, minutes } of chosen) {
          if (!pumps.includes(id)) continue;
          for (const end of all.filter((each) => each.pumpId !== id && pumps.includes(each.pumpId))) {
            expect(held?.atMs).toBeGreaterThanOrEqual(end.endMs + minutes * MS_PER_MINUTE);
          }
        }
        if (held === null) return;
        const causes = all.filter((end) => end.pumpId === held.waitsFor);
        expect(causes.map(({ endMs }) => endMs + held.minutes * MS_PER_MINUTE)).toContain(held.atMs);
      }),
    );
  });

  it('it is symmetric, and a later end never lets anybody start sooner', () => {
    fc.assert(
      fc.property(separation, fc.nat(), fc.nat(), ({ pumps: [a, b], minutes }, endMs, moreMs) => {
        const at = (id: string, other: string, pumps: [string, string], atMs: number) =>
          earliestStart(id, { separations: [{ pumps, minutes }] }, [{ pumpId: other, endMs: atMs }])?.atMs;
        expect(at(a, b, [a, b], endMs)).toBe(at(b, a, [b, a], endMs));
        expect(at(a, b, [a, b], endMs + moreMs)).toBe((at(a, b, [b, a], endMs) ?? 0) + moreMs);
      }),
    );
  });
});
