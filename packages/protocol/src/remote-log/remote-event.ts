import { z } from 'zod';

const EVENT_TYPES = [
  'DOSE_EXECUTED',
  'DOSE_MISSED',
  'DOSE_MANUAL',
  'CALIBRATION',
  'CONFIG_CHANGED',
  'DOSE_REFUSED',
  'DOSE_PARTIAL',
  'DOSE_UNCERTAIN',
  'DOSE_SKIPPED',
  'CONTAINER_LOW',
  'CONTAINER_EMPTY',
  'CONTAINER_REFILLED',
  'PUMP_FAULT',
  'EMERGENCY_STOP',
  'CLOCK_UNTRUSTED',
] as const;

/** Names of events as the remote log of a dosing unit knows them. Seed section 7.1, and ours beside them. */
export type RemoteEventType = (typeof EVENT_TYPES)[number];

/** How the unit was when the event happened: STOPPED by an emergency stop, FAULT of a channel, WARNING of anything else. */
const STATUSES = ['OK', 'WARNING', 'FAULT', 'STOPPED'] as const;
export type SystemStatus = (typeof STATUSES)[number];

/** What is posted to the remote log for one event of a relay channel, or of the unit. Seed section 7.2. */
export const RemoteEvent = z.strictObject({
  /** A ULID. The same event keeps it however often it is sent. */
  event_id: z.ulid(),
  device_id: z.string(),
  device_type: z.literal('dosing_system'),
  /** When it happened, s since 1970. */
  unix_time: z.int(),
  /** From 1; null for what concerns the whole unit. */
  channel_id: z.int().nullable(),
  event_type: z.enum(EVENT_TYPES),
  /** What was given, ml; of a changed plan its single dose; null where it is not known or nothing is dosed. */
  volume_ml: z.number().nullable(),
  /** Whole seconds that go with `volume_ml`. */
  dosing_duration: z.int().nullable(),
  weekly_schedule: z.int().nullable(),
  daily_schedule: z.int().nullable(),
  system_status: z.enum(STATUSES),
});
export type RemoteEvent = z.infer<typeof RemoteEvent>;
