import type { LogEvent } from '@perista/protocol/api';
import { type RemoteEvent, remoteEventType, type SystemStatus } from '@perista/protocol/remote-log';
import type { PumpLocks } from '../pumps/pump-locks.ts';
import type { PumpStore } from '../pumps/pump-store.ts';
import { type ChannelSettings, channelSettings, dosingRate } from '../weekly-plan/channel-config.ts';
import type { ChannelPlanStore } from '../weekly-plan/channel-plan-store.ts';
import { type Channel, channelsOf } from '../weekly-plan/channels.ts';

export interface UnitLook {
  readonly pumps: PumpStore;
  readonly plans: ChannelPlanStore;
  readonly locks: PumpLocks;
  readonly isStopLatched: () => boolean;
  /** Whether anything else is wrong with the unit. */
  readonly isTroubled: () => boolean;
}

/** Events of the unit as a whole; all others are of a pump. */
const OF_UNIT: ReadonlySet<string> = new Set(['EMERGENCY_STOP', 'CLOCK_UNTRUSTED']);

/** Hundredths of a ml are as much as a relay can give on purpose. */
const SHOWN_DECIMALS = 2;

/** An event for the remote log, with the unit as it is now; null for what is not told there: only relay channels are. */
export function composeEvent(
  event: LogEvent,
  names: { readonly eventId: string; readonly deviceId: string },
  unit: UnitLook,
): RemoteEvent | null {
  const type = remoteEventType(event);
  const channels = channelsOf(unit.pumps);
  if (type === null || channels.length === 0) return null;
  const channel = channels.find(({ pump }) => pump.pumpId === event.pump_id);
  if (channel === undefined && !OF_UNIT.has(type)) return null;
  const settings = channel === undefined ? null : settingsOf(channel, unit);
  const amount = amountOf(event, settings);
  return {
    event_id: names.eventId,
    device_id: names.deviceId,
    device_type: 'dosing_system',
    unix_time: Math.floor(Date.parse(event.at) / 1000),
    channel_id: channel?.id ?? null,
    event_type: type,
    volume_ml: amount.ml === null ? null : Number(amount.ml.toFixed(SHOWN_DECIMALS)),
    dosing_duration: amount.seconds === null ? null : Math.round(amount.seconds),
    weekly_schedule: settings?.weekly_schedule ?? null,
    daily_schedule: settings?.daily_schedule ?? null,
    system_status: statusOf(channels, unit),
  };
}

const settingsOf = ({ id, pump }: Channel, { plans, pumps }: UnitLook): ChannelSettings =>
  channelSettings(id, plans.of(pump.pumpId), dosingRate(pumps.activeCalibration(pump.pumpId)));

interface Amount {
  readonly ml: number | null;
  readonly seconds: number | null;
}

function amountOf({ kind, data }: LogEvent, settings: ChannelSettings | null): Amount {
  switch (kind) {
    case 'dose_settled':
      return { ml: data.delivered_ml as number | null, seconds: data.duration_s as number };
    case 'dose_missed':
    case 'dose_skipped':
    case 'dose_refused':
      return { ml: 0, seconds: 0 };
    case 'pump_calibrated':
      return { ml: data.measured_ml as number, seconds: data.duration_s as number };
    case 'container_refilled':
      return { ml: data.added_ml as number, seconds: null };
    case 'channel_changed':
      return { ml: settings?.single_dose_volume ?? null, seconds: settings?.dosing_duration ?? null };
    default:
      return { ml: null, seconds: null };
  }
}

function statusOf(channels: readonly Channel[], { locks, isStopLatched, isTroubled }: UnitLook): SystemStatus {
  if (isStopLatched()) return 'STOPPED';
  if (channels.some(({ pump }) => locks.fault(pump.pumpId) !== undefined)) return 'FAULT';
  if (isTroubled() || channels.some(({ pump }) => locks.heldBy(pump.pumpId) !== undefined)) return 'WARNING';
  return 'OK';
}
