import type { DeviceAlarm, DeviceCommand, Infusion, Obstacle, Presence } from '@perista/protocol/api';
import type { CommandMessage, DeviceMessage, Dialect, MessageOf } from '@perista/protocol/fleet';
import type { DeviceGap } from '@perista/protocol/live';

/** What a device told, as it came in. */
export interface DeviceNews {
  readonly deviceId: string;
  readonly message: DeviceMessage;
  /** On the wall clock, ms since 1970, and on the monotonic clock. */
  readonly receivedAtMs: number;
  readonly receivedMs: number;
  /** From before this connection: only a status may be, and it is no news of an event. */
  readonly isRetained: boolean;
}

/** Whoever wants to know. Called in the order in which messages came; must not take long. */
export interface DeviceListener {
  hear(news: DeviceNews): void;
}

/** The way to devices. */
export interface DeviceLine {
  readonly isUp: boolean;
  /** Why it is not, in words. */
  readonly why: string;
  /** Whether the broker has it (QoS 1, never retained). Never rejects. */
  send(deviceId: string, command: CommandMessage): Promise<boolean>;
}

/** Whoever wants to know what no message tells. Called after it is so. */
export interface PresenceListener {
  /** Of one device: it came, went, or is only silent. */
  presence(deviceId: string, presence: Presence, reason: string | null): void;
  /** The way to devices is there, with all that devices tell, or is gone. */
  line(isUp: boolean): void;
}

/** A device as it is known now. */
export interface DeviceLook {
  readonly presence: Presence;
  /** Why, in words; null while it is online. */
  readonly presenceReason: string | null;
  readonly dialect: Dialect | null;
  /** Its starts, as it counts them; null for a plain one. */
  readonly boot: number | null;
  /** What it told of itself last, retained or not. */
  readonly status: MessageOf<'status'>['body'] | null;
}

/** Which devices there are and how far each can be believed. */
export interface DeviceSight {
  /** Undefined: nobody ever heard of it. */
  look(deviceId: string): DeviceLook | undefined;
}

/** Who may see a device, and with that, as an operator, command it. A token may what its user may: ask for `login.username`. */
export interface DeviceGate {
  mayWatch(username: string, deviceId: string): boolean;
  /** @throws PeristaError E403 */
  assertMayWatch(username: string, deviceId: string): void;
}

/** Tells whoever watches a device. Called after what it tells is durable; must not throw. */
export interface FleetNews {
  infusion(infusion: Infusion): void;
  command(command: DeviceCommand): void;
  alarm(alarm: DeviceAlarm): void;
  gap(deviceId: string, gap: DeviceGap): void;
}

/** What is ordered and remembered of a device: its part of what viewers see. */
export interface DeviceRecords {
  /** The one that is open, else the last one. */
  infusion(deviceId: string): Infusion | null;
  /** Commands that are not over. */
  commands(deviceId: string): DeviceCommand[];
  /** All but those that are off. */
  alarms(deviceId: string): DeviceAlarm[];
  startBlockedBy(deviceId: string): Obstacle | null;
  /** What was there at any instant from `fromMs` to `toMs`, wall clock: for a trend. */
  between(
    deviceId: string,
    fromMs: number,
    toMs: number,
  ): { readonly alarms: DeviceAlarm[]; readonly commands: DeviceCommand[]; readonly infusions: Infusion[] };
}

/** Asks a device for the messages that are missing. */
export interface BackfillAsker {
  askBackfill(
    deviceId: string,
    missing: { readonly boot: number; readonly fromSeq: number; readonly toSeq: number },
  ): void;
}
