import { EntityId } from '../api/identifiers.ts';

/** What JavaScript itself uses as names of properties is nobody's id. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

/** Id of a remote device, as it stands in its topics. */
export const DeviceId = EntityId.refine((id) => !RESERVED.has(id), 'is a reserved word').meta({
  description: 'Id of a remote device, 1 to 64 of A–Z, a–z, 0–9, _ and -',
  example: 'PUMP_0001',
});

interface DeviceTopic {
  readonly direction: 'up' | 'down';
  readonly qos: 0 | 1;
  /** Whether a retained message means anything. */
  readonly retain: boolean;
}

/** Topics of a device, `devices/{id}/{name}`: the one table. */
export const DEVICE_TOPICS = {
  progress: { direction: 'up', qos: 0, retain: false },
  status: { direction: 'up', qos: 1, retain: true },
  error: { direction: 'up', qos: 1, retain: false },
  infusion: { direction: 'up', qos: 1, retain: false },
  completion: { direction: 'up', qos: 1, retain: false },
  actions: { direction: 'up', qos: 1, retain: false },
  ack: { direction: 'up', qos: 1, retain: false },
  backfill: { direction: 'up', qos: 1, retain: false },
  commands: { direction: 'down', qos: 1, retain: false },
} as const satisfies Record<string, DeviceTopic>;

export type DeviceTopicName = keyof typeof DEVICE_TOPICS;
export type UpTopicName = Exclude<DeviceTopicName, 'commands'>;

const NAMES = Object.keys(DEVICE_TOPICS) as DeviceTopicName[];
const UP_NAMES: readonly string[] = NAMES.filter((name) => DEVICE_TOPICS[name].direction === 'up');

export const deviceTopic = (deviceId: string, name: DeviceTopicName): string => `devices/${deviceId}/${name}`;

/** What a server listens to: everything that devices tell. */
export const upFilters = (): string[] => UP_NAMES.map((name) => `devices/+/${name}`);

/** Whose topic it is and which; undefined if it is none that a device tells on, or its id is none. */
export function parseUpTopic(topic: string): { readonly deviceId: string; readonly name: UpTopicName } | undefined {
  const [root, deviceId, name, ...rest] = topic.split('/');
  if (root !== 'devices' || name === undefined || rest.length > 0 || !UP_NAMES.includes(name)) return undefined;
  const id = DeviceId.safeParse(deviceId);
  return id.success ? { deviceId: id.data, name: name as UpTopicName } : undefined;
}
