// Proves that a plan tells each thing that somebody should know, once, the worst first.
import type { Plan, PlanDose } from '@perista/protocol/api';
import { expect, it } from 'vitest';
import { planNotices } from './plan-notices.ts';

const dose = (dose_id: string, rest: Partial<PlanDose>): PlanDose => ({
  dose_id,
  pump_id: 'a',
  schedule_id: 's-1',
  due_at: '2027-03-27T20:00:00Z',
  state: 'given',
  starts_at: '2027-03-27T20:00:00Z',
  volume_ml: 2,
  duration_s: 4,
  waits_for: null,
  code: null,
  reason: null,
  ...rest,
});

const container = (container_id: string, low_at: string | null, runs_out_at: string | null) => ({
  ...{ container_id, product: container_id, level_ml: 9, end_level_ml: 1, low_at, runs_out_at },
});

const doses = [
  dose('1', { pump_id: 'b' }),
  dose('2', { state: 'waits', waits_for: '1', starts_at: '2027-03-27T20:00:30Z' }),
  dose('3', { state: 'waits', waits_for: '1', starts_at: '2027-03-27T20:01:30Z' }),
  dose('4', { state: 'waits', waits_for: 'open' }),
  dose('5', { state: 'refused', code: 'E425' }),
  dose('6', { state: 'refused', code: 'E429' }),
  dose('7', { state: 'refused', code: 'E425' }),
  dose('8', { state: 'missed', code: 'E434' }),
];
const change = { at: '2027-03-28T01:00:00Z', timezone: 'Europe/Warsaw', day: '2027-03-28', shift_min: 60 };
const plan: Plan = {
  from: '2027-03-27T12:00:00Z',
  until: '2027-03-29T12:00:00Z',
  complete: false,
  timezone: 'Europe/Warsaw',
  doses,
  collisions: [],
  containers: [container('full', null, null), container('low', 'at-1', null), container('out', 'at-1', 'at-2')],
  clock_changes: [change],
};

it('tells of a plan what will not go as asked', () => {
  expect(planNotices(plan)).toEqual([
    { kind: 'refused', pumpId: 'a', first: doses[4], count: 2 },
    { kind: 'refused', pumpId: 'a', first: doses[5], count: 1 },
    { kind: 'missed', pumpId: 'a', first: doses[7], count: 1 },
    { kind: 'runs-out', product: 'out', containerId: 'out', at: 'at-2' },
    { kind: 'low', product: 'low', containerId: 'low', at: 'at-1' },
    { kind: 'waits', pumpId: 'a', behind: 'b', first: doses[1], count: 2, longestS: 90 },
    { kind: 'waits', pumpId: 'a', behind: null, first: doses[3], count: 1, longestS: 0 },
    { kind: 'incomplete', until: plan.until },
    { kind: 'clocks', change },
  ]);
});

it('says nothing of a plan that goes well', () => {
  expect(planNotices({ ...plan, doses: [dose('1', {})], containers: [], clock_changes: [], complete: true })).toEqual(
    [],
  );
});
