import type { Publication } from '@perista/controller/mqtt';
import { DEVICE_TOPICS, type Dialect, deviceTopic, type UpTopicName } from '@perista/protocol/fleet';

/** What plain payloads are told on; they know no other topics, and no ids. */
const PLAIN_TOPICS: ReadonlySet<UpTopicName> = new Set(['progress', 'status', 'error', 'infusion']);
const NOT_PLAIN = new Set([
  ...['commandId', 'infusionId', 'activeInfusionId', 'alarmId', 'alarms'],
  ...['periodS', 'lastResult', 'session'],
]);

interface Envelope {
  readonly boot: number;
  readonly seq: number;
  readonly wallMs: number;
  readonly isClockTrusted: boolean;
}

/** Whether a device of this dialect tells such a thing at all. */
export const speaksOf = (dialect: Dialect, name: UpTopicName): boolean => dialect === 'v1' || PLAIN_TOPICS.has(name);

/** A message as it goes out: numbered, or plain. */
export function publicationOf(
  deviceId: string,
  dialect: Dialect,
  name: UpTopicName,
  body: object,
  { boot, seq, wallMs, isClockTrusted }: Envelope,
): Publication {
  const { qos, retain } = DEVICE_TOPICS[name];
  const ts = new Date(wallMs).toISOString();
  const header = { v: 1, boot, seq, ts, tq: isClockTrusted ? 'ntp' : 'unset' };
  const message =
    dialect === 'v1'
      ? { ...header, ...body }
      : Object.fromEntries(Object.entries(body).filter(([key]) => !NOT_PLAIN.has(key)));
  return { topic: deviceTopic(deviceId, name), body: JSON.stringify(message), qos, retain };
}
