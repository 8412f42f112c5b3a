import { z } from 'zod';
import { DoseStateName } from './doses.ts';
import { DoseId, positive, quantity, Timestamp } from './identifiers.ts';
import { BlockedBy, RelayHardware } from './pumps.ts';

/** A relay channel, from 1. */
export const ChannelId = RelayHardware.shape.channel;
export type ChannelId = z.infer<typeof ChannelId>;

/** What has become of a slot today (UTC): morning or evening of one channel. */
export const SlotStatus = z.enum(['pending', 'waiting', 'active', 'completed', 'missed', 'uncertain', 'disabled']);
export type SlotStatus = z.infer<typeof SlotStatus>;

const WEEKLY_SCHEDULE = z.int().min(0).max(127).meta({ description: 'Days of the week, bit 0 Monday to bit 6 Sunday' });
const DAILY_SCHEDULE = z.literal([1, 2]).meta({ description: 'Doses a day: in the morning, or morning and evening' });
const WEEKLY_ML = positive('Volume a week, ml, with one decimal at most').refine(
  (ml) => Number.isInteger(Math.round(ml * 1e6) / 1e5),
  'must have one decimal at most',
);
const DOSING_RATE = positive('Flow of the pump, ml/s');

/** A channel of the weekly plan as it stands, with what follows from it. */
export const DosingChannel = z
  .strictObject({
    id: ChannelId,
    enabled: z.boolean(),
    weekly_schedule: WEEKLY_SCHEDULE,
    daily_schedule: DAILY_SCHEDULE,
    weekly_dosing_value: z.number().meta({ description: 'Volume a week, ml; 0 until it is set' }),
    dosing_rate: z.number().meta({ description: 'Flow of the pump, ml/s; 0 until it is calibrated' }),
    single_dose_volume: z.number().meta({ description: 'Volume of one dose, ml; 0 while it cannot be computed' }),
    dosing_duration: z
      .int()
      .meta({ description: 'Time of one dose, rounded to a second; 0 while it cannot be computed' }),
    dosing_times_utc: z
      .array(z.int())
      .meta({ description: 'Seconds after midnight UTC: morning, and evening of two a day' }),
    status_morning: SlotStatus,
    status_evening: SlotStatus,
  })
  .meta({ id: 'DosingChannel' });
export type DosingChannel = z.infer<typeof DosingChannel>;

/** `GET /api/dosing-config`, and the answer to a change. */
export const DosingConfig = z.strictObject({ channels: z.array(DosingChannel) }).meta({ id: 'DosingConfig' });
export type DosingConfig = z.infer<typeof DosingConfig>;

/** One channel of a change: `id` and what shall change. Computed fields are taken only if they are equal. */
export const DosingChannelPatch = z
  .strictObject({
    id: ChannelId,
    enabled: z.boolean().optional(),
    weekly_schedule: WEEKLY_SCHEDULE.optional(),
    daily_schedule: DAILY_SCHEDULE.optional(),
    weekly_dosing_value: WEEKLY_ML.optional(),
    dosing_rate: DOSING_RATE.optional(),
    single_dose_volume: DosingChannel.shape.single_dose_volume.optional(),
    dosing_duration: DosingChannel.shape.dosing_duration.optional(),
    dosing_times_utc: DosingChannel.shape.dosing_times_utc.optional(),
    status_morning: SlotStatus.optional(),
    status_evening: SlotStatus.optional(),
  })
  .meta({ id: 'DosingChannelPatch' });
export type DosingChannelPatch = z.infer<typeof DosingChannelPatch>;

/** `POST /api/dosing-config`: one channel or several; all of it or nothing. */
export const DosingConfigPatch = z
  .union([DosingChannelPatch, z.strictObject({ channels: z.array(DosingChannelPatch).min(1).max(6) })])
  .meta({ id: 'DosingConfigPatch' });
export type DosingConfigPatch = z.infer<typeof DosingConfigPatch>;

/** `POST /api/calibrate-channel`: without `measured_ml` the relay runs 30 s; with it that run is finished. */
export const CalibrateChannel = z
  .strictObject({
    channel_id: ChannelId,
    measured_ml: positive('What the run gave, ml').optional(),
  })
  .meta({ id: 'CalibrateChannel' });
export type CalibrateChannel = z.infer<typeof CalibrateChannel>;

/** The relay runs. Answer, 202. */
export const CalibrationRunStarted = z
  .strictObject({ run_id: DoseId, channel_id: ChannelId, state: DoseStateName, duration_s: z.number() })
  .meta({ id: 'CalibrationRunStarted' });
export type CalibrationRunStarted = z.infer<typeof CalibrationRunStarted>;

/** The run is finished. Answer, 200. */
export const ChannelCalibrated = z
  .strictObject({
    run_id: DoseId,
    channel_id: ChannelId,
    measured_ml: z.number(),
    duration_s: z.number().meta({ description: 'How long the relay was on, s' }),
    dosing_rate: z.number().meta({ description: 'The new rate, ml/s' }),
  })
  .meta({ id: 'ChannelCalibrated' });
export type ChannelCalibrated = z.infer<typeof ChannelCalibrated>;

/** `POST /api/manual-dose`; without a volume the single dose of the plan. */
export const ManualDose = z
  .strictObject({ channel_id: ChannelId, volume_ml: positive('Volume to give, ml').optional() })
  .meta({ id: 'ManualDose' });
export type ManualDose = z.infer<typeof ManualDose>;

/** Answer, 202. */
export const ManualDoseAccepted = z
  .strictObject({
    dose_id: DoseId,
    state: z.enum(['accepted', 'queued']),
    queue_position: z.int().meta({ description: 'Doses before it; 0: it is next' }),
  })
  .meta({ id: 'ManualDoseAccepted' });
export type ManualDoseAccepted = z.infer<typeof ManualDoseAccepted>;

/** A slot of today (UTC) as it stands. */
export const SlotState = z
  .strictObject({
    status: SlotStatus,
    at_utc: Timestamp.nullable().meta({ description: 'When it is due today; null where nothing is' }),
    partial: z.boolean().meta({ description: 'Completed with less than was planned' }),
    dose_id: DoseId.nullable(),
    reason: z.string().nullable().meta({ description: 'Why it was missed, is uncertain, partial or waits, in words' }),
    code: z.string().nullable(),
  })
  .meta({ id: 'SlotState' });
export type SlotState = z.infer<typeof SlotState>;

/** The smallest of all limits on a week, and its name. */
export const WeeklyCeiling = z
  .strictObject({
    ml: z.number(),
    rule: z.enum(['week_ml', 'single_ml', 'duration_s', 'hour_ml', 'day_ml']),
  })
  .meta({ id: 'WeeklyCeiling' });
export type WeeklyCeiling = z.infer<typeof WeeklyCeiling>;

export const ChannelStatus = z
  .strictObject({
    id: ChannelId,
    pump_id: z.string(),
    name: z.string(),
    state: z.string().meta({ description: 'State of its pump, as in `GET /api/pumps`' }),
    blocked_by: z.array(BlockedBy),
    status_morning: SlotStatus,
    status_evening: SlotStatus,
    morning: SlotState,
    evening: SlotState,
    remaining_s: z.number().nullable().meta({ description: 'Of the running dose, s' }),
    dosed_today_ml: quantity('Given since midnight UTC, ml'),
    ceiling: WeeklyCeiling.nullable().meta({
      description: 'Most that a week of its days can give; null without a rate',
    }),
    calibration_run_id: DoseId.nullable().meta({ description: 'A run that waits for what was measured' }),
  })
  .meta({ id: 'ChannelStatus' });
export type ChannelStatus = z.infer<typeof ChannelStatus>;

/** `GET /api/dosing-status` */
export const DosingStatus = z
  .strictObject({
    utc_time: Timestamp,
    local_time: z.string().meta({ description: 'RFC 3339 with the offset of the zone' }),
    timezone: z.string().meta({ description: 'IANA zone of the site' }),
    system_enabled: z.boolean().meta({ description: 'Slots are dosed by themselves' }),
    disabled_by: z.array(BlockedBy).meta({ description: 'Why they are not' }),
    active_channel: ChannelId.nullable(),
    queue: z.array(z.strictObject({ channel_id: ChannelId, dose_id: DoseId, since: Timestamp, reason: z.string() })),
    channels: z.array(ChannelStatus),
  })
  .meta({ id: 'DosingStatus' });
export type DosingStatus = z.infer<typeof DosingStatus>;
