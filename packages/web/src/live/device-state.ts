import type { Device, DeviceAlarm, DeviceCommand, DeviceObject, Infusion } from '@perista/protocol/api';
import type { DeviceServerEvents, DeviceSnapshot } from '@perista/protocol/live';

/** Messages about one device, by the name under which they come. */
type DeviceMessages = {
  [Name in Exclude<Extract<keyof DeviceServerEvents, `device:${string}`>, 'device:snapshot'>]: {
    readonly kind: Name;
  } & Parameters<DeviceServerEvents[Name]>[0];
};
export type DeviceMessage = DeviceMessages[keyof DeviceMessages];

/** What this page hears of one device. */
export type DeviceNews =
  | { readonly kind: 'snapshot'; readonly snapshot: DeviceSnapshot }
  | { readonly kind: 'broker'; readonly broker: DeviceSnapshot['broker'] }
  /** Nobody may see it, or it is not known. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** Browser and server do not see each other. */
  | { readonly kind: 'lost' }
  | DeviceMessage;

/** How this page stands to the device's news. */
export type DeviceLink = 'connecting' | 'live' | 'lost' | 'refused';

export interface DeviceView {
  readonly link: DeviceLink;
  readonly refusal: { readonly code: string; readonly message: string } | null;
  readonly broker: DeviceSnapshot['broker'];
  /** As last told; null until the first snapshot. */
  readonly device: Device | null;
  /** The server's clock minus this browser's, ms. */
  readonly clockOffsetMs: number;
  /** Errors that came while this page looked on, newest first. */
  readonly errors: readonly DeviceObject[];
  /** The latest confirmation that came while this page looked on. */
  readonly confirmation: DeviceObject | null;
  /** Progress that came while this page looked on, oldest first. */
  readonly trail: readonly DeviceObject[];
}

const MOST_ERRORS = 20;
const MOST_TRAIL = 600;

export const NO_DEVICE_YET: DeviceView = {
  link: 'connecting',
  refusal: null,
  broker: { connected: true, reason: null },
  device: null,
  clockOffsetMs: 0,
  errors: [],
  confirmation: null,
  trail: [],
};

/** The view after a message. Until a snapshot has come there is nothing that a message could change. */
export function takeDeviceNews(view: DeviceView, news: DeviceNews, nowMs: number): DeviceView {
  switch (news.kind) {
    case 'snapshot': {
      const { at, broker, device } = news.snapshot;
      return { ...view, link: 'live', refusal: null, broker, device, clockOffsetMs: Date.parse(at) - nowMs };
    }
    case 'refused':
      return { ...NO_DEVICE_YET, link: 'refused', refusal: { code: news.code, message: news.message } };
    case 'lost':
      return { ...view, link: view.link === 'refused' ? 'refused' : 'lost' };
    case 'broker':
      return { ...view, broker: news.broker };
    default:
      return view.device === null ? view : { ...view, ...changes(view, view.device, news) };
  }
}

function changes(view: DeviceView, device: Device, news: DeviceMessage): Partial<DeviceView> {
  switch (news.kind) {
    case 'device:progress':
      return {
        device: { ...device, progress: news.progress, lastSeenAt: news.progress.receivedAt },
        trail: [...view.trail, news.progress].slice(-MOST_TRAIL),
      };
    case 'device:status':
      return { device: { ...device, status: news.status, lastSeenAt: news.status.receivedAt } };
    case 'device:error':
      return { errors: [news.error, ...view.errors].slice(0, MOST_ERRORS) };
    case 'device:infusion:confirmed':
      return { confirmation: news.confirmation };
    case 'device:infusion:completed':
    case 'device:gap':
      return {};
    case 'device:infusion':
      return { device: { ...device, infusion: newest(device.infusion, news.infusion) } };
    case 'device:command':
      return { device: { ...device, commands: withCommand(device.commands, news.command) } };
    case 'device:alarm':
      return { device: { ...device, alarms: withAlarm(device.alarms, news.alarm) } };
    case 'device:presence':
      return {
        device: {
          ...device,
          presence: news.presence,
          presenceReason: news.presenceReason,
          startBlockedBy: news.startBlockedBy,
        },
      };
  }
}

/** News of an infusion that is over changes nothing about the one that came after it. */
const newest = (shown: Infusion | null, told: Infusion): Infusion =>
  shown === null || shown.infusionId === told.infusionId || told.requestedAt >= shown.requestedAt ? told : shown;

const OVER: ReadonlySet<DeviceCommand['state']> = new Set(['rejected', 'done', 'failed', 'expired', 'cancelled']);

function withCommand(commands: readonly DeviceCommand[], told: DeviceCommand): DeviceCommand[] {
  const others = commands.filter(({ commandId }) => commandId !== told.commandId);
  return OVER.has(told.state) ? others : [...others, told];
}

function withAlarm(alarms: readonly DeviceAlarm[], told: DeviceAlarm): DeviceAlarm[] {
  const others = alarms.filter(({ alarmId }) => alarmId !== told.alarmId);
  return told.state === 'off' ? others : [...others, told];
}

/** How old what the device last told is, s; null if it never told anything. */
export function ageS({ device, clockOffsetMs }: DeviceView, nowMs: number): number | null {
  if (device?.lastSeenAt == null) return null;
  return Math.max(0, (nowMs + clockOffsetMs - Date.parse(device.lastSeenAt)) / 1000);
}
