import { type DayHalf, slotDoseId, slotDueMs, utcDayOf } from '@perista/core';
import type { SlotState, SlotStatus } from '@perista/protocol/api';
import type { DoseRow } from '../ledger/dose-row.ts';
import { timestamp } from '../ledger/timestamp.ts';
import type { StoredPlan } from './channel-plan-store.ts';
import type { Channel } from './channels.ts';

/** What a dose says about its slot. Whatever gave nothing is missed to somebody who looks at the plan. */
const STATUS_OF: Readonly<Record<DoseRow['state'], SlotStatus>> = {
  accepted: 'waiting',
  queued: 'waiting',
  running: 'active',
  done: 'completed',
  partial: 'completed',
  uncertain: 'uncertain',
  missed: 'missed',
  refused: 'missed',
  skipped: 'missed',
  cancelled: 'missed',
};

const QUEUED = 'It waits for its turn: one pump runs at a time.';
const CHANGED = 'The plan was set after this time of the day.';

const BLANK = { partial: false, dose_id: null, reason: null, code: null } as const;

/** One half of today, UTC, of a channel. */
export function slotState(
  { id, pump }: Channel,
  plan: StoredPlan,
  half: DayHalf,
  nowMs: number,
  findDose: (doseId: string) => DoseRow | undefined,
): SlotState {
  const slot = { utcDay: utcDayOf(nowMs), half };
  const dueMs = slotDueMs(plan, { channel: id, channelCount: plan.channelCount }, slot);
  const at_utc = dueMs === null ? null : timestamp(dueMs);
  const dose = findDose(slotDoseId(pump.pumpId, slot));
  if (dose !== undefined) {
    return {
      status: STATUS_OF[dose.state],
      at_utc,
      partial: dose.state === 'partial',
      dose_id: dose.dose_id,
      reason: dose.state === 'queued' ? QUEUED : dose.reason,
      code: dose.code,
    };
  }
  if (dueMs === null || !plan.enabled) return { ...BLANK, status: 'disabled', at_utc };
  const isForgone = dueMs < plan.decidedUntilMs && dueMs <= nowMs;
  return isForgone
    ? { ...BLANK, status: 'disabled', at_utc, reason: CHANGED }
    : { ...BLANK, status: 'pending', at_utc };
}
