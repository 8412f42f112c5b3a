import type { AlarmPriority, Device, DeviceAlarm } from '@perista/protocol/api';

const RANK: Readonly<Record<AlarmPriority, number>> = { high: 3, medium: 2, low: 1 };

/** How urgent a device is: by its worst alarm, those that nobody has seen before the others. 0: none. */
function urgency({ alarms }: { readonly alarms: readonly DeviceAlarm[] }): number {
  return Math.max(0, ...alarms.map(({ priority, state }) => 2 * RANK[priority] + (state === 'acknowledged' ? 0 : 1)));
}

/** The worst first. */
export const byUrgency = (alarms: readonly DeviceAlarm[]): DeviceAlarm[] =>
  alarms.toSorted((one, other) => urgency({ alarms: [other] }) - urgency({ alarms: [one] }));

/** By alarm, then by age of what was told last, the oldest first; by id where that is equal, so that nothing jumps. */
export function sortFleet(devices: readonly Device[]): Device[] {
  const toldAt = ({ lastSeenAt, presence }: Device) =>
    presence === 'online' ? Number.POSITIVE_INFINITY : Date.parse(lastSeenAt ?? '1970-01-01T00:00:00Z');
  return devices.toSorted(
    (one, other) =>
      urgency(other) - urgency(one) || compare(toldAt(one), toldAt(other)) || one.id.localeCompare(other.id, 'en'),
  );
}

const compare = (one: number, other: number): number => (one === other ? 0 : one - other);
