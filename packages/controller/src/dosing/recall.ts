import type { Log } from '@perista/core';
import type { RecalledDose } from '@perista/protocol/link';
import type { AgentClient } from '../agent-link/agent-client.ts';
import type { DoseStore } from '../ledger/dose-store.ts';
import type { Store } from '../store/store.ts';
import type { RunningDoses } from './running-doses.ts';
import type { Settlement } from './settlement.ts';

/** The longest of the rolling caps. */
const WEEK_MS = 7 * 24 * 3_600_000;

/** Doses booked in one transaction; beats, stops and requests have their turn between two of them. */
const PAGE_DOSES = 50;

export interface RecallPorts {
  readonly log: Log;
  readonly store: Store;
  readonly doses: Pick<DoseStore, 'charging'>;
  readonly settlement: Settlement;
  readonly running: Pick<RunningDoses, 'drop'>;
  readonly agent: Pick<AgentClient, 'recall'>;
}

/**
 * An old backup may have been put in the place of the ledger. What it lacks of the last week is booked from the agent's
 * records, each at its age, before anything may start.
 */
export async function recallDoses(ports: RecallPorts): Promise<void> {
  let found = 0;
  let after = '';
  do {
    const page = await ports.agent.recall({ withinMs: WEEK_MS, after, limit: PAGE_DOSES });
    found += book(ports, page.doses);
    after = page.next;
  } while (after !== '');
  if (found > 0) ports.log.warn({ found }, 'the ledger lacked doses that the agent remembers; they are booked again');
}

/** How many of them the ledger lacked. */
function book({ store, doses, settlement, running }: RecallPorts, recalled: readonly RecalledDose[]): number {
  const known = recalled.flatMap(({ record, ageMs }) => (record === undefined ? [] : [{ record, ageMs }]));
  // Mostly the ledger lacks none of them.
  const settled = doses.charging(known.map(({ record }) => record.doseId));
  const unsettled = known.filter(({ record }) => !settled.has(record.doseId));
  const found =
    unsettled.length === 0
      ? 0
      : store.transaction(
          () => unsettled.filter(({ record, ageMs }) => settlement.settle(record, ageMs) === 'added').length,
        );
  // The agent does not tell again of what was confirmed once.
  for (const { record } of known) running.drop(record.doseId);
  return found;
}
