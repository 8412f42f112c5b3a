// Proves that what a dose gave is what its record says, also where an older ledger came back with another calibration (I4).
import { type DoseRecord, EndCause } from '@perista/protocol/link';
import { expect, it } from 'vitest';
import { endingOf } from './dose-ending.ts';

/** Five seconds of a relay at 0.4 ml/s. */
const RECORD = {
  cause: EndCause.TARGET,
  loMl: 2,
  hiMl: 2,
  revolutions: 5,
  faultCode: '',
  faultMessage: '',
  durationMs: 5_000,
} as DoseRecord;

it.each([
  ['is the turns through the calibration', RECORD, 0.4, 2],
  ['is that in spite of rounding', { ...RECORD, loMl: 2.0000001, hiMl: 2.0000001 }, 0.4, 2],
  ['lies within a range', { ...RECORD, loMl: 1.9, hiMl: 2.1 }, 0.4, 2],
  ['is not the turns through another calibration', RECORD, 0.5, null],
  ['nor through a smaller one', RECORD, 0.3, null],
  ['is not known without a calibration', RECORD, null, null],
])('what was seen %s', (_words, record, mlPerRev, seenMl) => {
  expect(endingOf(record, mlPerRev).seenMl).toBe(seenMl);
});
