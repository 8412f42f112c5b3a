import type { DeviceAlarm, DeviceCommand, Infusion } from '@perista/protocol/api';
import { timestamp, timestampOrNull } from '../ledger/timestamp.ts';
import type { AlarmRecord } from './alarm-store.ts';
import type { CommandRecord } from './command-store.ts';
import type { InfusionRecord } from './infusion-store.ts';

/** An infusion as it goes out; `start` is the command that asked for it. */
export const infusionView = (record: InfusionRecord, start: CommandRecord | undefined): Infusion => ({
  infusionId: record.infusionId,
  deviceId: record.deviceId,
  commandId: start?.commandId ?? null,
  state: record.state,
  parameters: record.parameters,
  subject: record.subject,
  actor: record.actor,
  source: record.source,
  requestedAt: timestamp(record.requestedAtMs),
  confirmedAt: timestampOrNull(record.confirmedAtMs),
  endedAt: timestampOrNull(record.endedAtMs),
  deliveredMl: record.deliveredMl,
  loMl: record.loMl,
  late: record.isLate,
  verified: record.isVerified,
  reason: record.reason,
});

export const commandView = (record: CommandRecord): DeviceCommand => ({
  commandId: record.commandId,
  deviceId: record.deviceId,
  infusionId: record.infusionId,
  command: record.command,
  state: record.state,
  actor: record.actor,
  createdAt: timestamp(record.createdAtMs),
  publishedAt: timestampOrNull(record.publishedAtMs),
  receivedAt: timestampOrNull(record.receivedAtMs),
  decidedAt: timestampOrNull(record.decidedAtMs),
  endedAt: timestampOrNull(record.endedAtMs),
  waitUntil: timestampOrNull(record.waitUntilMs),
  sendings: record.sendings,
  reason: record.reason,
});

export const alarmView = (record: AlarmRecord): DeviceAlarm => ({
  alarmId: record.alarmId,
  deviceId: record.deviceId,
  kind: record.kind,
  code: record.code,
  priority: record.priority,
  message: record.message,
  state: record.state,
  infusionId: record.infusionId,
  raisedAt: timestamp(record.raisedAtMs),
  clearedAt: timestampOrNull(record.clearedAtMs),
  acknowledgedAt: timestampOrNull(record.acknowledgedAtMs),
  acknowledgedBy: record.acknowledgedBy,
});
