import type { DeviceClosing, DeviceServerEvents } from '@perista/protocol/live';

type Events = DeviceServerEvents & DeviceClosing;

/** What a viewer of devices is told, beside the snapshots. */
export type DeviceDelta = {
  [Name in keyof Events]: { readonly name: Name; readonly news: Parameters<Events[Name]>[0] };
}[keyof Events];
