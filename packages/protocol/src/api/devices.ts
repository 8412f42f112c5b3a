import { COMMAND_STATES, INFUSION_ENDS, OPEN_INFUSION_STATES } from '@perista/core';
import { z } from 'zod';
import { COMMAND_NAMES, CommandParameters } from '../fleet/commands.ts';
import { DeviceId } from '../fleet/topics.ts';
import { listOf, Page, positive, quantity, Timestamp } from './identifiers.ts';

/** How far the numbers of a device can be believed now. */
export const Presence = z.enum(['online', 'stale', 'offline', 'unknown']).meta({
  description:
    'online: it tells; stale: silent for three periods; offline: it or the broker said so, or silence; unknown: not heard since the start',
});
export type Presence = z.infer<typeof Presence>;

export const InfusionStateName = z.enum([...OPEN_INFUSION_STATES, ...INFUSION_ENDS]);
export const CommandStateName = z.enum(COMMAND_STATES);
export const CommandNameSchema = z.enum(COMMAND_NAMES);

/** A run of a remote device at a rate. Volumes in ml, rates in ml/min. */
export const Infusion = z
  .strictObject({
    infusionId: z.string(),
    deviceId: DeviceId,
    commandId: z.string().nullable().meta({ description: 'The start that was sent; null for one begun at the device' }),
    state: InfusionStateName,
    parameters: CommandParameters.nullable().meta({ description: 'Null for one that was started at the device' }),
    subject: z.string().nullable().meta({ description: 'Whom or what it is for, as typed' }),
    actor: z.string(),
    /** `device`: adopted, for somebody started it there. */
    source: z.enum(['server', 'device']),
    requestedAt: Timestamp,
    confirmedAt: Timestamp.nullable(),
    endedAt: Timestamp.nullable(),
    deliveredMl: z.number().nullable().meta({ description: 'As the device told last' }),
    loMl: z.number().nullable().meta({ description: 'At least so much was given, where nobody knows the rest' }),
    late: z.boolean().meta({ description: 'Confirmed after the wait was over' }),
    verified: z.boolean().meta({ description: 'The confirmation named this infusion; false for plain payloads' }),
    reason: z.string().nullable(),
  })
  .meta({ id: 'Infusion' });
export type Infusion = z.infer<typeof Infusion>;

export const InfusionList = listOf(Infusion);

/** An order to a device and what is known of it. */
export const DeviceCommand = z
  .strictObject({
    commandId: z.string(),
    deviceId: DeviceId,
    infusionId: z.string().nullable(),
    command: CommandNameSchema,
    state: CommandStateName,
    actor: z.string(),
    createdAt: Timestamp,
    publishedAt: Timestamp.nullable(),
    receivedAt: Timestamp.nullable(),
    decidedAt: Timestamp.nullable().meta({ description: 'Accepted or rejected' }),
    endedAt: Timestamp.nullable(),
    /** Until when people wait for the present step. */
    waitUntil: Timestamp.nullable(),
    sendings: z.int(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'DeviceCommand' });
export type DeviceCommand = z.infer<typeof DeviceCommand>;

export const AlarmPriority = z.enum(['high', 'medium', 'low']);
export type AlarmPriority = z.infer<typeof AlarmPriority>;

/** on: it holds; latched: its cause is gone, nobody has seen it; acknowledged: seen while it holds; off: seen and gone. */
export const AlarmState = z.enum(['on', 'latched', 'acknowledged', 'off']);
export type AlarmState = z.infer<typeof AlarmState>;

export const DeviceAlarm = z
  .strictObject({
    alarmId: z.string(),
    deviceId: DeviceId,
    /** What it is about, such as `stop-not-proven`, `late-start`, `offline`, `device-error`. */
    kind: z.string(),
    code: z.string().nullable().meta({ description: 'As the device names it' }),
    priority: AlarmPriority,
    message: z.string(),
    state: AlarmState,
    infusionId: z.string().nullable(),
    raisedAt: Timestamp,
    clearedAt: Timestamp.nullable(),
    acknowledgedAt: Timestamp.nullable(),
    acknowledgedBy: z.string().nullable(),
  })
  .meta({ id: 'DeviceAlarm' });
export type DeviceAlarm = z.infer<typeof DeviceAlarm>;

export const AlarmList = listOf(DeviceAlarm);

/** The device's own object, with the instant at which the server got it. */
export const DeviceObject = z.looseObject({ receivedAt: Timestamp });
export type DeviceObject = z.infer<typeof DeviceObject>;

/** Why something cannot be done now, in words and code. */
export const Obstacle = z.strictObject({ code: z.string(), message: z.string() });
export type Obstacle = z.infer<typeof Obstacle>;

/** A remote device as its tile and its page show it. */
export const Device = z
  .strictObject({
    id: DeviceId,
    presence: Presence,
    /** Why, in words; null while it is online. */
    presenceReason: z.string().nullable(),
    dialect: z.enum(['v0', 'v1']).nullable(),
    firstSeenAt: Timestamp.nullable().meta({ description: 'Null: it never told anything yet' }),
    lastSeenAt: Timestamp.nullable(),
    periodS: z.number().nullable().meta({ description: 'Between two of its messages, as measured or told, s' }),
    firmwareVersion: z.string().nullable(),
    status: DeviceObject.nullable(),
    progress: DeviceObject.nullable(),
    infusion: Infusion.nullable().meta({ description: 'The one that is open, else the last one' }),
    /** Commands that are not over. */
    commands: z.array(DeviceCommand),
    /** All but those that are off. */
    alarms: z.array(DeviceAlarm),
    startBlockedBy: Obstacle.nullable().meta({ description: 'Why it would not be started now' }),
  })
  .meta({ id: 'Device' });
export type Device = z.infer<typeof Device>;

export const DeviceList = z.strictObject({ items: z.array(Device) });

const SUBJECT = z
  .string()
  .min(1)
  .max(80)
  .regex(/^[^\p{C}]+$/u, 'must be one line without control characters');

/** `POST /api/devices/{id}/infusions`: any two of rate, time and volume, or all three if they agree. */
export const InfusionRequest = z
  .strictObject({
    flowRateMlMin: positive('Rate, ml/min').optional(),
    plannedTimeMin: positive('How long it runs, min').optional(),
    plannedVolumeMl: positive('Volume without the bolus, ml').optional(),
    bolus: z
      .strictObject({ enabled: z.boolean(), volumeMl: quantity('Volume of the bolus, ml') })
      .optional()
      .meta({ description: 'None unless said otherwise' }),
    subject: SUBJECT.optional(),
    acceptWithinS: z
      .number()
      .min(10)
      .max(300)
      .optional()
      .meta({ description: 'How long a person at the device may take to accept, s; 30 unless said otherwise' }),
  })
  .meta({ id: 'InfusionRequest' });
export type InfusionRequest = z.infer<typeof InfusionRequest>;

/** Answer to an accepted start, 202. */
export const InfusionStarted = z.strictObject({ infusion: Infusion, command: DeviceCommand }).meta({
  id: 'InfusionStarted',
});
export type InfusionStarted = z.infer<typeof InfusionStarted>;

/** `POST /api/devices/{id}/commands` */
export const CommandRequest = z
  .strictObject({
    command: z.enum(['STOP_INFUSION', 'PAUSE_INFUSION', 'RESUME_INFUSION', 'CANCEL', 'GET_STATE']),
    infusionId: z.string().max(128).optional().meta({ description: 'The open one unless said otherwise' }),
  })
  .meta({ id: 'CommandRequest' });
export type CommandRequest = z.infer<typeof CommandRequest>;

export const HistoryRange = z.strictObject({
  from: Timestamp.optional(),
  to: Timestamp.optional(),
  /** Points at most; more are joined into as many spans of equal length. */
  points: z
    .string()
    .regex(/^[0-9]{1,4}$/, 'must be a whole number from 10 to 2000')
    .transform(Number)
    .refine((points) => points >= 10 && points <= 2_000, 'must be a whole number from 10 to 2000')
    .optional(),
});
export type HistoryRange = z.infer<typeof HistoryRange>;

/** One span of a trend: least, mean and most of what was told in it. */
const Spread = z.strictObject({ min: z.number(), mean: z.number(), max: z.number() }).nullable();

export const DeviceHistory = z
  .strictObject({
    deviceId: DeviceId,
    from: Timestamp,
    to: Timestamp,
    spanS: z.number().meta({ description: 'Length of one span, s; 0 where each sample stands alone' }),
    samples: z.array(
      z.strictObject({
        at: Timestamp,
        count: z.int(),
        flowRateMlMin: Spread,
        deliveredVolumeMl: Spread,
        batteryLevel: Spread,
      }),
    ),
    /** Where nobody knows, with the reason. */
    gaps: z.array(z.strictObject({ from: Timestamp, to: Timestamp, reason: z.string() })),
    alarms: z.array(DeviceAlarm),
    commands: z.array(DeviceCommand),
    infusions: z.array(Infusion),
  })
  .meta({ id: 'DeviceHistory' });
export type DeviceHistory = z.infer<typeof DeviceHistory>;

/** Who did what, when, and what became of it. */
export const TimelineEntry = z
  .strictObject({
    seq: z.int(),
    at: Timestamp,
    deviceId: DeviceId,
    actor: z.string(),
    source: z.enum(['user', 'server', 'device']),
    action: z.string(),
    outcome: z.string().nullable(),
    infusionId: z.string().nullable(),
    commandId: z.string().nullable(),
  })
  .meta({ id: 'TimelineEntry' });
export type TimelineEntry = z.infer<typeof TimelineEntry>;

export const TimelineList = listOf(TimelineEntry);

export const TimelineQuery = Page.extend({});
export type TimelineQuery = z.infer<typeof TimelineQuery>;

export const AlarmQuery = Page.extend({ deviceId: DeviceId.optional(), state: AlarmState.optional() });
export type AlarmQuery = z.infer<typeof AlarmQuery>;

/** `GET/PUT /api/users/{username}/devices`. Administrators have all of them anyhow. */
export const DeviceRights = z
  .strictObject({
    all: z.boolean().meta({ description: 'All devices, those to come, too' }),
    deviceIds: z.array(DeviceId).max(10_000),
  })
  .meta({ id: 'DeviceRights' });
export type DeviceRights = z.infer<typeof DeviceRights>;
