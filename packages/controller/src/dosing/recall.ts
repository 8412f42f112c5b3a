import { type Clock, type Log, sleep } from '@perista/core';
import type { AgentClient } from '../agent-link/agent-client.ts';
import type { Settlement } from './settlement.ts';

/** The longest of the rolling caps. */
const WEEK_MS = 7 * 24 * 3_600_000;

/** Booking a dose is a commit. After so many of them beats, stops and requests have their turn. */
const BOOKED_AT_ONCE = 20;

export interface RecallPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly settlement: Settlement;
  readonly agent: Pick<AgentClient, 'recall'>;
}

/**
 * An old backup may have been put in the place of the ledger. What it lacks of the last week is booked from the agent's
 * records, each at its age, before anything may start.
 */
export async function recallDoses(ports: RecallPorts): Promise<void> {
  const recalled = await ports.agent.recall(WEEK_MS);
  let found = 0;
  for (const [index, { record, ageMs }] of recalled.entries()) {
    if (index % BOOKED_AT_ONCE === BOOKED_AT_ONCE - 1) await sleep(ports.clock, 0);
    if (record !== undefined && ports.settlement.settle(record, ageMs)) found++;
  }
  if (found > 0) ports.log.warn({ found }, 'the ledger lacked doses that the agent remembers; they are booked again');
}
