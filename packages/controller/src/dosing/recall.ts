import { checkCaps, type Log, type Refusal } from '@perista/core';
import type { AgentClient } from '../agent-link/agent-client.ts';
import type { ChargeClock } from '../ledger/charge-clock.ts';
import type { DoseRow } from '../ledger/dose-row.ts';
import type { DoseStore } from '../ledger/dose-store.ts';
import { profileOf } from '../pumps/pump-row.ts';
import type { PumpStore } from '../pumps/pump-store.ts';
import type { Settlement } from './settlement.ts';

/** The longest of the rolling caps. */
const WEEK_MS = 7 * 24 * 3_600_000;

export interface RecallPorts {
  readonly log: Log;
  readonly doses: DoseStore;
  readonly pumps: PumpStore;
  readonly settlement: Settlement;
  readonly chargeClock: ChargeClock;
  readonly agent: Pick<AgentClient, 'recall'>;
}

/**
 * An old backup may have been put in the place of the ledger. What it lacks of the last week is booked from the agent's
 * records, each at its age, before anything may start; a dose that was accepted on the books as they were and does not fit
 * them now is refused.
 */
export async function recallDoses(ports: RecallPorts): Promise<void> {
  const recalled = await ports.agent.recall(WEEK_MS);
  let found = 0;
  for (const { record, ageMs } of recalled) {
    if (record !== undefined && ports.settlement.settle(record, ageMs)) found++;
  }
  if (found === 0) return;
  ports.log.warn({ found }, 'the ledger was older than what the agent remembers; its doses are booked again');
  const waiting = ports.doses.open().filter(({ sent_epoch }) => sent_epoch === null);
  for (const dose of waiting.reverse()) {
    const refusal = overCap(ports, dose);
    if (refusal !== null)
      ports.settlement.endUnmoved(dose, { state: 'refused', reason: refusal.sentence, code: refusal.code });
  }
}

/** Whether a dose that waits, and is charged already, is too much. */
function overCap({ doses, pumps, chargeClock }: RecallPorts, { pump_id, planned_hi_ml }: DoseRow): Refusal | null {
  const { hourMl, dayMl, weekMl } = doses.charged(pump_id, chargeClock.nowMs());
  const without = (chargedMl: number) => Math.max(0, chargedMl - planned_hi_ml);
  const others = { hourMl: without(hourMl), dayMl: without(dayMl), weekMl: without(weekMl) };
  return checkCaps(planned_hi_ml, others, profileOf(pumps.get(pump_id), null).limits);
}
