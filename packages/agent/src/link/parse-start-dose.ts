import { PeristaError } from '@perista/core';
import { directionFromWire, type Envelope, type StartDose } from '@perista/protocol/link';
import type { DoseOrder } from '../dose-order.ts';

const DOSE_ID = /^[A-Za-z0-9._-]{1,128}$/;
const LARGEST_CODE = 127;

const isPositive = (value: number) => Number.isFinite(value) && value > 0;
const isCode = (value: number) => value >= 1 && value <= LARGEST_CODE;

/** What each part of an order must be, in words and as a test. */
const RULES: readonly [string, string, (order: DoseOrder) => boolean][] = [
  ['dose_id', '1 to 128 letters, digits, ".", "_" or "-"', ({ doseId }) => DOSE_ID.test(doseId)],
  ['deadline_ms', 'set', ({ deadlineMs }) => isPositive(deadlineMs)],
  ['lease_ms', 'more than 0', ({ leaseMs }) => isPositive(leaseMs)],
  ['motion.pulses', 'more than 0', ({ motion }) => isPositive(motion.pulses)],
  ['motion.duration_ms', 'more than 0', ({ motion }) => isPositive(motion.durationMs)],
  ['motion.min_code', '1 to 127', ({ motion }) => isCode(motion.minCode)],
  ['motion.max_code', 'min_code to 127', ({ motion }) => isCode(motion.maxCode) && motion.maxCode >= motion.minCode],
  ['ml_per_rev', 'more than 0', ({ mlPerRev }) => isPositive(mlPerRev)],
  ['cap.volume_ml', 'more than 0', ({ capMl }) => isPositive(capMl)],
  ['cap.duration_ms', 'more than 0', ({ capMs }) => isPositive(capMs)],
];

/** @throws PeristaError E402 naming the field and its rule, E205 for a direction without meaning */
export function parseStartDose(
  { doseId, pumpId, leaseMs, mlPerRev, isCalibrated, motion, cap }: StartDose,
  envelope: Envelope,
): DoseOrder {
  if (motion === undefined || cap === undefined) throw new PeristaError('E402', 'StartDose needs a motion and a cap');
  const order: DoseOrder = {
    doseId,
    pumpId,
    epoch: envelope.epoch,
    motion: {
      pulses: motion.pulses,
      direction: directionFromWire(motion.direction),
      durationMs: motion.durationMs,
      minCode: motion.minCode,
      maxCode: motion.maxCode,
    },
    mlPerRev,
    isCalibrated,
    capMl: cap.volumeMl,
    capMs: cap.durationMs,
    leaseMs,
    deadlineMs: envelope.deadlineMs,
  };
  for (const [field, rule, holds] of RULES) {
    if (!holds(order)) throw new PeristaError('E402', `${field} of StartDose must be ${rule}`);
  }
  return order;
}
