// Proves that a tile in edit computes as the server does, blocks what a rule forbids by its name, and sends only what changed.
import type { DosingChannel, Pump } from '@perista/protocol/api';
import { EXAMPLE_CHANNEL } from '@perista/protocol/api/example-channel';
import { describe, expect, it } from 'vitest';
import { draftOf, lookAtPlan, type PlanDraft } from './plan-draft.ts';

const NEW: DosingChannel = { ...EXAMPLE_CHANNEL, enabled: false, weekly_dosing_value: 0, dosing_rate: 0 };
const LIMITS: Pump['limits'] = { single_ml: 50, duration_s: 120, hour_ml: 100, day_ml: 200, week_ml: 1000 };

const looked = (part: Partial<PlanDraft>, channel = EXAMPLE_CHANNEL) =>
  lookAtPlan({ ...draftOf(channel, 'en'), ...part }, channel, LIMITS);
const verdict = (part: Partial<PlanDraft>, channel = EXAMPLE_CHANNEL) => looked(part, channel).verdict;

describe('a plan that is edited', () => {
  it('comes out as the specification computes it', () => {
    const { dose, ceiling } = looked({});
    expect(dose?.singleMl).toBeCloseTo(15.5, 9);
    expect(Math.round(dose?.durationS ?? 0)).toBe(47);
    expect(ceiling?.rule).toBe('duration_s');
    expect(ceiling?.weeklyMl).toBeCloseTo(554.4, 9);
  });

  it('sends only what changed', () => {
    expect(verdict({})).toEqual({ kind: 'ready', patch: { id: 1 } });
    expect(verdict({ weekly: '217,0' })).toEqual({ kind: 'ready', patch: { id: 1 } });
    expect(verdict({ weekly: '150,5', dosesADay: 1, days: 31 })).toMatchObject({
      kind: 'ready',
      patch: { id: 1, weekly_dosing_value: 150.5, daily_schedule: 1, weekly_schedule: 31 },
    });
  });

  it.each([
    ['', 'empty'],
    ['1.000', 'ambiguous'],
    ['12.34', 'decimals'],
    ['0', 'zero'],
    ['-5', 'not-a-number'],
  ] as const)('does not guess what %j means', (weekly, problem) => {
    expect(verdict({ weekly })).toEqual({ kind: 'unreadable', problem });
  });

  it('names the rule that forbids it', () => {
    expect(verdict({ days: 0 })).toEqual({ kind: 'forbidden', problem: { kind: 'no-days' } });
    expect(verdict({ weekly: '555' })).toMatchObject({ kind: 'forbidden', problem: { rule: 'duration_s' } });
    const quick = { ...EXAMPLE_CHANNEL, dosing_rate: 1 };
    expect(verdict({ weekly: '701' }, quick)).toMatchObject({ kind: 'forbidden', problem: { rule: 'single_ml' } });
    expect(verdict({ weekly: '700' }, quick).kind).toBe('ready');
    expect(verdict({ enabled: true, weekly: '70' }, NEW)).toEqual({ kind: 'forbidden', problem: { kind: 'no-rate' } });
  });

  it('can always be switched off, whatever stands in it', () => {
    const broken = { ...EXAMPLE_CHANNEL, dosing_rate: 0 };
    expect(verdict({ enabled: false }, broken)).toEqual({ kind: 'ready', patch: { id: 1, enabled: false } });
    expect(verdict({}, NEW)).toEqual({ kind: 'ready', patch: { id: 1 } });
    expect(verdict({ enabled: false, weekly: '9999' })).toMatchObject({ kind: 'forbidden' });
  });

  it('begins with what the reader can type again', () => {
    expect(draftOf({ ...EXAMPLE_CHANNEL, weekly_dosing_value: 1000.5 }, 'pl').weekly).toBe('1000,5');
    expect(draftOf({ ...EXAMPLE_CHANNEL, weekly_dosing_value: 1000 }, 'en').weekly).toBe('1000');
    expect(draftOf(NEW, 'en').weekly).toBe('');
  });
});
