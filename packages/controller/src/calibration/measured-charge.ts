import { type Clock, formatNumber } from '@perista/core';
import type { ContainerBook } from '../containers/container-book.ts';
import type { DoseStore } from '../ledger/dose-store.ts';
import { WrongFields } from '../wrong-fields.ts';
import type { SessionRunRow } from './session-store.ts';

/** How far a reading of scale or cylinder may be off: a share of it, and a drop. */
const READING_SHARE = 0.02;
const READING_ML = 0.05;

/** Whoever reads more than this times what was ordered has misread. */
const MOST_OF_A_VERIFICATION = 2;

export interface MeasuredPorts {
  readonly clock: Clock;
  readonly doses: Pick<DoseStore, 'measureRun'>;
  readonly book: Pick<ContainerBook, 'correctDraw'>;
}

/**
 * A run was charged with the most that it could give. Now somebody has measured it: it is charged with that and what the
 * reading may be off, and the container gets the rest back. Call it in a transaction.
 * @throws PeristaError E402 for more than the run can have given
 */
export function chargeMeasured(
  { doses, book, clock }: MeasuredPorts,
  run: SessionRunRow,
  { measuredMl, actor }: { readonly measuredMl: number; readonly actor: string },
): void {
  const blurMl = READING_SHARE * measuredMl + READING_ML;
  const mostMl = run.verifies === null ? run.planned_hi_ml : MOST_OF_A_VERIFICATION * run.planned_hi_ml;
  if (measuredMl > mostMl + blurMl) {
    const path = 'measured_ml';
    const message = `must be at most ${formatNumber(mostMl)} ml, for this run can have given no more; it is ${formatNumber(measuredMl)} ml`;
    throw new WrongFields([{ path, message }]);
  }
  const range = { loMl: Math.max(0, measuredMl - blurMl), hiMl: measuredMl + blurMl };
  doses.measureRun(run.dose_id, { ...range, deliveredMl: measuredMl });
  const was = { loMl: run.lo_ml, hiMl: run.hi_ml };
  book.correctDraw({ pumpId: run.pump_id, doseId: run.dose_id, actor, ...range }, was, clock.wallMs());
}
