// Proves of a draft that its preview tells what is its own from what it does to others.
import type { Plan, PlanDose } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import { draftEffects, NEW_DRAFT_ID } from './draft-effects.ts';

const dose = (schedule_id: string | null, hour: number, rest: Partial<PlanDose> = {}): PlanDose => {
  const due_at = `2027-03-27T${String(hour).padStart(2, '0')}:00:00.000Z`;
  const given = { state: 'given', starts_at: due_at, waits_for: null, code: null, reason: null } as const;
  const what = { dose_id: `${schedule_id}.${hour}`, pump_id: 'a', schedule_id, due_at, volume_ml: 2, duration_s: 4 };
  return { ...what, ...given, ...rest };
};
const refused = { state: 'refused', starts_at: null, code: 'E425', reason: 'Too much.' } as const;

const container = (container_id: string) => ({
  ...{ container_id, product: container_id, level_ml: 9, end_level_ml: 1, low_at: 'at', runs_out_at: null },
});
const change = (timezone: string) => ({ at: '2027-03-28T01:00:00Z', timezone, day: '2027-03-28', shift_min: 60 });
const planOf = (doses: PlanDose[]): Plan => ({
  from: '2027-03-27T00:00:00.000Z',
  until: '2027-03-29T00:00:00.000Z',
  complete: true,
  timezone: 'Europe/Warsaw',
  doses,
  collisions: [],
  containers: [container('own'), container('other')],
  clock_changes: [change('Europe/Warsaw'), change('Europe/Berlin')],
});

const draft = { scheduleId: NEW_DRAFT_ID, timezone: 'Europe/Berlin', containerId: 'own' };
const mine = [dose(NEW_DRAFT_ID, 8), dose(NEW_DRAFT_ID, 20, refused)];
const drafted = planOf([
  ...mine,
  dose('s-1', 8, { state: 'waits', waits_for: `${NEW_DRAFT_ID}.8` }),
  dose('s-1', 9, refused),
  dose('s-1', 10, refused),
  dose('s-1', 11, { state: 'waits', waits_for: 's-2.11' }),
  dose(null, 12),
]);
const standing = planOf([
  dose('s-1', 8),
  dose('s-1', 9),
  dose('s-1', 10, refused),
  dose('s-1', 11, { state: 'waits', waits_for: 's-2.11' }),
  dose(null, 12),
]);

describe('a draft', () => {
  it('is told by its own doses, its container and its zone', () => {
    const { own, ofOwn } = draftEffects(drafted, standing, draft);
    expect(own).toEqual(mine);
    expect(ofOwn).toEqual([
      { kind: 'refused', pumpId: 'a', first: mine[1], count: 1 },
      { kind: 'low', product: 'own', containerId: 'own', at: 'at' },
      { kind: 'clocks', change: change('Europe/Berlin') },
    ]);
  });

  it('is told what it takes from others, and not what they lack anyway', () => {
    expect(draftEffects(drafted, standing, draft).ofOthers).toMatchObject([
      { kind: 'refused', first: { dose_id: 's-1.9' }, count: 1 },
      { kind: 'waits', first: { dose_id: 's-1.8' }, count: 1 },
    ]);
  });

  it('is told nothing of others while nobody knows how they stand', () => {
    expect(draftEffects(drafted, undefined, draft).ofOthers).toEqual([]);
  });
});
