// Proves that typed values stay as typed, that the third follows, and that nothing is sent that is unclear, contradictory or out of limits.
import { expect, it } from 'vitest';
import { EMPTY_INFUSION, leapOf, readDraft, requestOf } from './infusion-draft.ts';

const read = (part: Partial<typeof EMPTY_INFUSION>) => readDraft({ ...EMPTY_INFUSION, ...part });

it('completes two of three, with comma or point', () => {
  expect(read({ flowRateMlMin: '2,5', plannedTimeMin: '60' })).toMatchObject({
    isReady: true,
    follows: 'plannedVolumeMl',
    parameters: { flowRateMlMin: 2.5, plannedTimeMin: 60, plannedVolumeMl: 150 },
  });
  expect(read({ plannedVolumeMl: '150', plannedTimeMin: '60' }).parameters?.flowRateMlMin).toBe(2.5);
});

it('waits for two, and takes three that agree', () => {
  expect(read({ flowRateMlMin: '2.5' })).toMatchObject({ isReady: false, parameters: null, faults: {} });
  const three = { flowRateMlMin: '2.5', plannedTimeMin: '60', plannedVolumeMl: '150' };
  expect(read(three)).toMatchObject({ isReady: true, follows: null });
  expect(read({ ...three, plannedVolumeMl: '15' })).toMatchObject({
    isReady: false,
    faults: { plannedVolumeMl: { rule: 'contradiction', value: 15, follows: 150 } },
  });
});

it.each([
  [{ flowRateMlMin: '1.000', plannedTimeMin: '60' }, { flowRateMlMin: { kind: 'ambiguous' } }],
  [{ flowRateMlMin: 'x', plannedTimeMin: '60' }, { flowRateMlMin: { kind: 'not-a-number' } }],
  [{ flowRateMlMin: '0', plannedTimeMin: '60' }, { flowRateMlMin: { kind: 'zero' } }],
  [{ flowRateMlMin: '200', plannedTimeMin: '1' }, { flowRateMlMin: { rule: 'range', most: 100 } }],
  [{ flowRateMlMin: '1', plannedTimeMin: '1', hasBolus: true }, { bolusVolumeMl: { kind: 'bolus' } }],
])('names what is wrong: %j', (part, faults) => {
  expect(read(part)).toMatchObject({ isReady: false, faults });
});

it('sends what was shown, and a bolus only where there is one', () => {
  const draft = { ...EMPTY_INFUSION, subject: ' tank 3 ', flowRateMlMin: '1', plannedTimeMin: '2' };
  const { parameters } = readDraft(draft);
  expect(parameters && requestOf(draft, parameters)).toEqual({
    ...{ flowRateMlMin: 1, plannedTimeMin: 2, plannedVolumeMl: 2 },
    subject: 'tank 3',
  });
});

it('asks about a tenfold change', () => {
  const { parameters } = read({ flowRateMlMin: '25', plannedTimeMin: '60' });
  const before = { flowRateMlMin: 2.5, plannedTimeMin: 60, plannedVolumeMl: 150 };
  expect(parameters && leapOf(parameters, before)).toEqual({ field: 'flowRateMlMin', before: 2.5, now: 25 });
  expect(parameters && leapOf(parameters, { ...before, flowRateMlMin: 24, plannedVolumeMl: 1440 })).toBeNull();
});
