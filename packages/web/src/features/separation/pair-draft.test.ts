// Proves that a pair is read by the server's rules, and that a change of one leaves the others as they are.
import { describe, expect, it } from 'vitest';
import { lookAtPair, type Pair, withChange } from './pair-draft.ts';

const ALK_CA: Pair = { pumps: ['alk', 'ca'], minutes: 10 };
const ALK_MG: Pair = { pumps: ['alk', 'mg'], minutes: 5 };

describe('a pair as typed', () => {
  it('is ready when its pumps differ and its minutes are whole', () => {
    const draft = { first: 'ca', second: 'mg', minutes: ' 1440 ' };
    expect(lookAtPair(draft, [ALK_CA])).toEqual({ kind: 'ready', pair: { pumps: ['ca', 'mg'], minutes: 1440 } });
  });

  it.each(['', '0', '1441', '2.5', '2,5', '-1', '1e2', 'ten'])('is not ready with %j minutes', (minutes) => {
    expect(lookAtPair({ first: 'ca', second: 'mg', minutes }, [])).toMatchObject({ field: 'minutes' });
  });

  it('has two pumps that no other pair has, either way round', () => {
    expect(lookAtPair({ first: 'ca', second: 'ca', minutes: '5' }, [])).toMatchObject({ problem: 'same' });
    expect(lookAtPair({ first: 'ca', second: 'alk', minutes: '5' }, [ALK_CA])).toMatchObject({ problem: 'known' });
  });
});

describe('a change', () => {
  it('adds, replaces or removes one pair', () => {
    const longer: Pair = { pumps: ['ca', 'alk'], minutes: 30 };
    expect(withChange([ALK_CA], null, ALK_MG)).toEqual([ALK_CA, ALK_MG]);
    expect(withChange([ALK_CA, ALK_MG], ALK_CA, longer)).toEqual([ALK_MG, longer]);
    expect(withChange([ALK_CA, ALK_MG], longer, null)).toEqual([ALK_MG]);
  });
});
