import type { EndCause } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { closingOf, type DoseEnding, isPumpFault } from './dose-closing.ts';

const ending = (cause: EndCause, loMl: number, hiMl = loMl, code: 'E102' | 'E204' = 'E102'): DoseEnding => ({
  cause,
  loMl,
  hiMl,
  seenMl: loMl === hiMl ? loMl : null,
  failure: cause === 'fault' ? { code, message: 'It stalled' } : null,
  durationMs: 1_000,
});

describe('what the ledger writes of a dose of 10 ml', () => {
  it.each<[string, DoseEnding, string, string | null]>([
    ['reached its target', ending('target', 9.9999), 'done', null],
    ['was stopped on the way', ending('stop', 4), 'partial', null],
    ['was stopped before it moved', ending('stop', 0), 'cancelled', null],
    ['was ended by the emergency stop', ending('emergency-stop', 4), 'partial', 'E430'],
    ['lost its lease', ending('lease-lost', 4), 'partial', 'E206'],
    ['reached the agent’s limit', ending('cap', 10.4), 'partial', null],
    ['was cut off', ending('recovered', 4), 'partial', null],
    ['was cut off when it had been given', ending('recovered', 9.97, 10.01), 'done', null],
    ['broke', ending('fault', 4), 'partial', 'E102'],
    ['broke before it moved', ending('fault', 0), 'partial', 'E102'],
    ['came too late to begin', ending('fault', 0, 0, 'E204'), 'missed', 'E204'],
    ['ended in a range as narrow as a drop', ending('stop', 4, 4.1), 'partial', null],
    ['ended in a wide range', ending('recovered', 4, 4.11), 'uncertain', null],
  ])('that %s', (_, end, state, code) => {
    expect(closingOf(end, 10, null)).toMatchObject({ state, code, loMl: end.loMl, hiMl: end.hiMl });
  });

  it('calls a small dose partial if a drop of it is missing', () => {
    expect(closingOf(ending('recovered', 0.76), 0.8, null)).toMatchObject({ state: 'partial', deliveredMl: 0.76 });
    expect(closingOf(ending('recovered', 0.795), 0.8, null)).toMatchObject({ state: 'done' });
  });

  it('names who stopped it, and both ends of what cannot be known', () => {
    expect(closingOf(ending('stop', 4), 10, 'ola').reason).toBe('It was stopped by ola.');
    expect(closingOf(ending('fault', 4, 5), 10, null)).toEqual({
      state: 'uncertain',
      loMl: 4,
      hiMl: 5,
      deliveredMl: null,
      reason: 'It stalled. Between 4.000 and 5.000 ml were given; more cannot be known.',
      code: 'E102',
    });
  });

  it('delivers what the shaft was seen to turn, though its last liquid is not proven', () => {
    const stalled = { ...ending('fault', 4, 5), seenMl: 4.8 };
    expect(closingOf(stalled, 10, null)).toMatchObject({ state: 'partial', loMl: 4, hiMl: 5, deliveredMl: 4.8 });
  });

  it('blames the pump only for faults of the pump', () => {
    expect(isPumpFault(ending('fault', 1))).toBe(true);
    expect(isPumpFault(ending('fault', 0, 0, 'E204'))).toBe(false);
    expect(isPumpFault(ending('stop', 1))).toBe(false);
  });
});
