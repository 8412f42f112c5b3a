// Proves that a prime ends well however it is let go, and that nobody claims a volume that was never measured.
import type { EndCause } from '@perista/core';
import { describe, expect, it } from 'vitest';
import type { DoseEnding } from './dose-closing.ts';
import { type PrimeTerms, primeClosingOf } from './prime-closing.ts';

const TERMS: PrimeTerms = { plannedMl: 40, stoppedBy: null, heldBy: 'ola', isMeasured: true };

const ending = (cause: EndCause, loMl: number, hiMl = loMl): DoseEnding => ({
  cause,
  loMl,
  hiMl,
  seenMl: loMl === hiMl ? loMl : null,
  failure: cause === 'fault' ? { code: 'E102', message: 'It stalled' } : null,
  durationMs: 1_000,
});

describe('what the ledger writes of a prime', () => {
  it.each<[string, DoseEnding, Partial<PrimeTerms>, string, string | null]>([
    ['was let go', ending('stop', 2), { stoppedBy: 'ola' }, 'done', null],
    ['was stopped by somebody else', ending('stop', 2), { stoppedBy: 'ewa' }, 'done', 'It was stopped by ewa.'],
    ['was not held any more', ending('lease-lost', 2), {}, 'done', 'not held any more'],
    ['turned to its end', ending('target', 20), {}, 'done', 'as long as it was allowed'],
    ['turned for all its time', ending('cap', 19.9), {}, 'done', 'as long as it was allowed'],
    ['was let go before it moved', ending('stop', 0), { stoppedBy: 'ola' }, 'cancelled', 'before it moved'],
    ['fell silent before it moved', ending('lease-lost', 0), {}, 'cancelled', 'not held any more'],
    ['was cut off', ending('recovered', 2), {}, 'partial', 'cut off'],
    ['was ended by the emergency stop', ending('emergency-stop', 2), {}, 'partial', 'emergency stop'],
    ['broke', ending('fault', 2), {}, 'partial', 'It stalled'],
    ['was let go somewhere in a wide range', ending('stop', 2, 3), {}, 'uncertain', 'Between 2.000 and 3.000 ml'],
  ])('that %s', (_, end, terms, state, words) => {
    const closing = primeClosingOf(end, { ...TERMS, ...terms });
    expect(closing).toMatchObject({ state, loMl: end.loMl, hiMl: end.hiMl });
    if (words === null) expect(closing.reason).toBeNull();
    else expect(closing.reason).toContain(words);
    if (state === 'done' || state === 'cancelled') expect(closing.code).toBeNull();
  });

  it.each<[EndCause, string]>([
    ['stop', 'done'],
    ['emergency-stop', 'partial'],
    ['recovered', 'partial'],
  ])('of a pump without a calibration that ended by %s: nothing to the most, and no volume', (cause, state) => {
    const closing = primeClosingOf(ending(cause, 2.2), { ...TERMS, isMeasured: false });
    expect(closing).toMatchObject({ state, loMl: 0, hiMl: 2.2, deliveredMl: null });
    expect(closing.reason).toMatch(/The pump is not calibrated: up to 2\.2 ml were given\.$/);
  });

  it('is certain that nothing was given where nothing turned, calibrated or not', () => {
    const closing = primeClosingOf(ending('stop', 0), { ...TERMS, isMeasured: false });
    expect(closing).toMatchObject({ state: 'cancelled', loMl: 0, hiMl: 0, deliveredMl: 0 });
  });
});
