import type { LogEvent } from '@perista/protocol/api';
import { RemoteEvent, remoteEventType } from '@perista/protocol/remote-log';

const RELAY = /^relay-(\d)$/;
const OF_UNIT: ReadonlySet<string> = new Set(['EMERGENCY_STOP', 'CLOCK_UNTRUSTED']);

/** What the remote log is owed for an event, by what it will see of it; null where it is told nothing. */
export function postOwedFor(event: LogEvent): string | null {
  const type = remoteEventType(event);
  if (type === null) return null;
  const channel = RELAY.exec(event.pump_id ?? '')?.[1];
  if (channel === undefined && !OF_UNIT.has(type)) return null;
  return keyOf(type, channel === undefined ? null : Number(channel), Math.floor(Date.parse(event.at) / 1000));
}

/** What was posted, and by which id its receiver knows it again. */
export function postOf(body: string): { readonly key: string; readonly token: string } {
  const { event_id, event_type, channel_id, unix_time } = RemoteEvent.parse(JSON.parse(body));
  return { key: keyOf(event_type, channel_id, unix_time), token: event_id };
}

const keyOf = (type: string, channel: number | null, unixTime: number): string =>
  `${type} of ${channel === null ? 'the unit' : `channel ${channel}`} at ${unixTime}`;
