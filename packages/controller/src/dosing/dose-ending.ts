import { asErrorCode, type DoseRecord, endCauseFromWire } from '@perista/protocol/link';
import type { DoseEnding } from './dose-closing.ts';

/** Of a volume that was computed twice. */
const ROUNDING_PART = 1e-6;

/** END as the link brought it; `mlPerRev` as the ledger has it, ml. */
export function endingOf(record: DoseRecord, mlPerRev: number | null): DoseEnding {
  const cause = endCauseFromWire(record.cause);
  const hasFailure = (cause === 'fault' || cause === 'stop') && record.faultCode !== '';
  return {
    cause,
    loMl: record.loMl,
    hiMl: record.hiMl,
    seenMl: seenMlOf(record, mlPerRev),
    failure: hasFailure ? { code: asErrorCode(record.faultCode), message: record.faultMessage } : null,
    durationMs: record.durationMs,
  };
}

/** An older ledger that came back may name another calibration than that of the motion: then the record alone counts. */
function seenMlOf({ revolutions, loMl, hiMl }: DoseRecord, mlPerRev: number | null): number | null {
  if (revolutions === undefined || mlPerRev === null) return null;
  const seenMl = revolutions * mlPerRev;
  const blurMl = ROUNDING_PART * Math.abs(hiMl);
  return seenMl < loMl - blurMl || seenMl > hiMl + blurMl ? null : seenMl;
}
