import type { Device, DeviceAlarm, DeviceCommand, DeviceObject, Infusion } from '../api/index.ts';
import type { SubscribeAnswer } from './events.ts';

/** What a client names when it subscribes. */
export interface DeviceSubscription {
  readonly deviceId: string;
}

/** Everything that a viewer of one device sees, at one instant. */
export interface DeviceSnapshot {
  /** RFC 3339 UTC, the server's clock. */
  readonly at: string;
  /** The server's own line to the broker. */
  readonly broker: { readonly connected: boolean; readonly reason: string | null };
  readonly device: Device;
}

/** All devices that a viewer may see, at one instant. */
export interface FleetSnapshot {
  /** RFC 3339 UTC, the server's clock. */
  readonly at: string;
  readonly broker: DeviceSnapshot['broker'];
  readonly devices: readonly Device[];
}

/** A stretch of the trend of which nobody knows anything. */
export interface DeviceGap {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** Server to browser, of one device each. The inner value is the device's own object with `receivedAt`. */
export interface DeviceServerEvents {
  'device:progress': (news: { readonly deviceId: string; readonly progress: DeviceObject }) => void;
  'device:error': (news: { readonly deviceId: string; readonly error: DeviceObject }) => void;
  'device:status': (news: { readonly deviceId: string; readonly status: DeviceObject }) => void;
  'device:infusion:confirmed': (news: { readonly deviceId: string; readonly confirmation: DeviceObject }) => void;
  'device:infusion:completed': (news: { readonly deviceId: string; readonly completion: DeviceObject }) => void;
  /** In place of the answer, to a client that asked without a callback; and after each time that values were left out. */
  'device:snapshot': (snapshot: DeviceSnapshot) => void;
  'device:infusion': (news: { readonly deviceId: string; readonly infusion: Infusion }) => void;
  'device:command': (news: { readonly deviceId: string; readonly command: DeviceCommand }) => void;
  'device:alarm': (news: { readonly deviceId: string; readonly alarm: DeviceAlarm }) => void;
  'device:gap': (news: { readonly deviceId: string; readonly gap: DeviceGap }) => void;
  /** Presence, obstacles: what only time or the broker changes. */
  'device:presence': (news: {
    readonly deviceId: string;
    readonly presence: Device['presence'];
    readonly presenceReason: string | null;
    readonly startBlockedBy: Device['startBlockedBy'];
  }) => void;
  'broker:state': (news: DeviceSnapshot['broker']) => void;
  /** In place of the answer to `subscribe:fleet`, to a client that asked without a callback. */
  'fleet:snapshot': (snapshot: FleetSnapshot) => void;
  /** A device is new or something about it changed: only the latest of each device. */
  'fleet:device': (news: { readonly device: Device }) => void;
  /** A device that one may not see any more. */
  'fleet:removed': (news: { readonly deviceId: string }) => void;
}

/** Server to browser: what is said of subscriptions themselves. */
export interface DeviceClosing {
  /** Refused to a client that asked without a callback, or ended, for the right to the device was taken away. */
  'device:closed': (news: { readonly deviceId: string; readonly code: string; readonly message: string }) => void;
}

export type DeviceAnswer = SubscribeAnswer<DeviceSnapshot>;
export type FleetAnswer = SubscribeAnswer<FleetSnapshot>;

/** Browser to server. */
export interface DeviceClientEvents {
  /** Answered with a snapshot; asking again starts anew. Without a callback it comes as `device:snapshot`. */
  'subscribe:device': (subscription: DeviceSubscription, answer: (result: DeviceAnswer) => void) => void;
  'unsubscribe:device': (subscription: DeviceSubscription) => void;
  /** Answered with all devices that one may see; from then on `fleet:device` follows. */
  'subscribe:fleet': (answer: (result: FleetAnswer) => void) => void;
  'unsubscribe:fleet': () => void;
}
