// Proves that failures carry code, words, facts and cause, that guards go by code, and that bugs are of another kind.
import { describe, expect, it } from 'vitest';
import { AssertionError, assert, isPeristaError, PeristaError } from './perista-error.ts';

describe('PeristaError', () => {
  it('says what the catalogue says, or the sentence it is given', () => {
    expect(new PeristaError('E102').message).toBe('Motor stalled');
    expect(new PeristaError('E102', 'Pump ph-down stalled at 3.2 ml').message).toBe('Pump ph-down stalled at 3.2 ml');
  });

  it('keeps facts and cause', () => {
    const cause = new Error('EIO');
    const error = new PeristaError('E106', undefined, { details: { line: 'main' }, cause });
    expect(error).toMatchObject({ name: 'PeristaError', code: 'E106', details: { line: 'main' }, cause });
    expect('cause' in new PeristaError('E106')).toBe(false);
  });
});

describe('isPeristaError', () => {
  it('goes by code, never by text', () => {
    const error = new PeristaError('E301');
    expect(isPeristaError(error)).toBe(true);
    expect(isPeristaError(error, 'E301', 'E302')).toBe(true);
    expect(isPeristaError(error, 'E302')).toBe(false);
    expect(isPeristaError(new Error('E301'))).toBe(false);
    expect(isPeristaError(undefined)).toBe(false);
  });
});

describe('assert', () => {
  it('throws a bug with the invariant as its words', () => {
    expect(() => assert(true, 'never seen')).not.toThrow();
    expect(() => assert(false, 'one pump moves at a time')).toThrow(new AssertionError('one pump moves at a time'));
    expect(isPeristaError(new AssertionError('bug'))).toBe(false);
  });
});
