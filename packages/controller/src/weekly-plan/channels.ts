import { PeristaError } from '@perista/core';
import type { PumpRecord } from '../pumps/pump-row.ts';
import type { PumpStore } from '../pumps/pump-store.ts';

/** A relay with the pump behind it. */
export interface Channel {
  readonly id: number;
  readonly pump: PumpRecord;
}

/** All channels that have a pump, in the order of their relays. */
export function channelsOf(pumps: Pick<PumpStore, 'list'>): Channel[] {
  return pumps
    .list()
    .flatMap((pump) => (pump.hardware.kind === 'relay' ? [{ id: pump.hardware.channel, pump }] : []))
    .sort((a, b) => a.id - b.id);
}

/** @throws PeristaError E404 */
export function channelOf(pumps: Pick<PumpStore, 'list'>, id: number): Channel {
  const channel = channelsOf(pumps).find((each) => each.id === id);
  if (channel === undefined) throw new PeristaError('E404', `There is no channel ${id}: no pump is behind relay ${id}`);
  return channel;
}
