import { MOST_CHANNELS } from '@perista/core';
import type { DoseStore } from '../ledger/dose-store.ts';
import type { Facts } from '../ledger/facts.ts';
import type { DueExecutor } from '../schedules/due-executor.ts';
import type { EventLog } from '../services.ts';
import type { Store } from '../store/store.ts';
import type { ChannelPlanStore } from './channel-plan-store.ts';

export interface ChannelCountPorts {
  readonly store: Store;
  readonly facts: Facts;
  readonly plans: ChannelPlanStore;
  readonly doses: Pick<DoseStore, 'open'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly executor: Pick<DueExecutor, 'settleDue'>;
}

/**
 * Takes over how many channels share the half days. Another count moves every slot: what was due before is dealt with
 * first, and while a dose is open the old one stays until the next start.
 */
export function adoptChannelCount(wanted: number, ports: ChannelCountPorts): void {
  const { store, facts, plans, doses, events, executor } = ports;
  const former = facts.read('channel_count') ?? (plans.hasAny() ? MOST_CHANNELS : wanted);
  plans.channelCount = former;
  const data = { before: { channel_count: former }, after: { channel_count: wanted } };
  if (former !== wanted && doses.open().length > 0) {
    events.append({ kind: 'channel_count_kept', severity: 'warning', data });
    return;
  }
  const fromMs = former === wanted ? null : executor.settleDue();
  store.transaction(() => {
    facts.write('channel_count', wanted);
    if (fromMs === null) return;
    plans.markAllDecided(fromMs);
    events.append({ kind: 'channel_count_changed', severity: 'warning', data });
  });
  plans.channelCount = wanted;
}
