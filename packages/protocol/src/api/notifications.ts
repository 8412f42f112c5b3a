import { z } from 'zod';
import { EntityId, listOf, Timestamp } from './identifiers.ts';

/** What somebody may want to be told of. */
export const NoticeSubject = z.enum([
  'dose',
  'pump',
  'container',
  'input',
  'stop',
  'agent',
  'clock',
  'calibration',
  'memory',
  'device',
]);
export type NoticeSubject = z.infer<typeof NoticeSubject>;

export const NoticeSeverity = z.enum(['info', 'warning', 'alarm']);
export type NoticeSeverity = z.infer<typeof NoticeSeverity>;

/** `begun` stays true until it is `over`; `once` is told and done; `test` means nothing. */
export const NoticeStatus = z.enum(['begun', 'over', 'once', 'test']);
export type NoticeStatus = z.infer<typeof NoticeStatus>;

/** What is told, in words. */
export const Notice = z
  .strictObject({
    id: z.string().meta({ description: 'The same however often it is told' }),
    alert: z.string().meta({ description: 'Such as PeristaPumpFault, PeristaDoseMissed' }),
    status: NoticeStatus,
    severity: NoticeSeverity,
    subject: NoticeSubject,
    doser: z.string().meta({ description: 'Which unit' }),
    pump_id: EntityId.nullable(),
    container_id: EntityId.nullable(),
    device_id: EntityId.nullable().default(null),
    dose_id: z.string().nullable(),
    at: Timestamp.meta({ description: 'When it happened, or began' }),
    title: z.string(),
    text: z.string(),
  })
  .meta({ id: 'Notice' });
export type Notice = z.infer<typeof Notice>;

const HttpUrl = z
  .url({ protocol: /^https?$/, hostname: /./, error: 'must be an address that begins with http:// or https://' })
  .max(500);
const Address = z
  .string()
  .max(200)
  .regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/, 'must be one e-mail address');
const HostName = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9.:_-]+$/, 'must be a name or an address of a host');

/** Where a channel tells. Its secret stands beside it and is never given back. */
export const NotificationTarget = z
  .discriminatedUnion('kind', [
    z
      .strictObject({ kind: z.literal('alertmanager'), url: HttpUrl })
      .meta({ description: 'Alertmanager, API v2; the secret is a bearer token' }),
    z
      .strictObject({ kind: z.literal('webhook'), url: HttpUrl })
      .meta({ description: 'A POST of the notice as JSON; with a secret it is signed' }),
    z
      .strictObject({
        kind: z.literal('ntfy'),
        url: HttpUrl.meta({ description: 'Server, without the topic' }),
        topic: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 of A–Z, a–z, 0–9, _ and -'),
      })
      .meta({ description: 'ntfy; the secret is an access token' }),
    z
      .strictObject({
        kind: z.literal('email'),
        host: HostName,
        port: z.int().min(1).max(65_535),
        security: z.enum(['tls', 'starttls', 'none']),
        username: z.string().min(1).max(200).optional(),
        from: Address,
        to: z.array(Address).min(1).max(20),
      })
      .meta({ description: 'SMTP; the secret is the password' }),
  ])
  .meta({ id: 'NotificationTarget' });
export type NotificationTarget = z.infer<typeof NotificationTarget>;

/** What a channel tells; null is all. */
export const NotificationFilter = z
  .strictObject({
    severity: NoticeSeverity.meta({ description: 'The least that is told' }),
    subjects: z.array(NoticeSubject).min(1).nullable(),
    pumps: z
      .array(EntityId)
      .min(1)
      .max(64)
      .nullable()
      .meta({ description: 'What is about no pump is told all the same' }),
  })
  .meta({ id: 'NotificationFilter' });
export type NotificationFilter = z.infer<typeof NotificationFilter>;

const ChannelName = z.string().trim().min(1).max(80);
const Secret = z.string().min(1).max(500);

/** A way on which notices leave the unit. */
export const NotificationChannel = z
  .strictObject({
    id: EntityId,
    name: z.string(),
    enabled: z.boolean(),
    target: NotificationTarget,
    has_secret: z.boolean(),
    filter: NotificationFilter,
    waiting: z.int().meta({ description: 'Notices that are not delivered yet' }),
    failing_since: Timestamp.nullable(),
    failure: z.string().nullable().meta({ description: 'Why the last attempt failed, in words' }),
    delivered_at: Timestamp.nullable().meta({ description: 'When the last notice was taken' }),
    created_at: Timestamp,
  })
  .meta({ id: 'NotificationChannel' });
export type NotificationChannel = z.infer<typeof NotificationChannel>;

export const NotificationChannelList = z.strictObject({ items: z.array(NotificationChannel) });

/** `POST /api/notifications` */
export const NewNotificationChannel = z
  .strictObject({
    name: ChannelName,
    target: NotificationTarget,
    secret: Secret.optional(),
    filter: NotificationFilter.partial().optional(),
    enabled: z.boolean().optional(),
  })
  .meta({ id: 'NewNotificationChannel' });
export type NewNotificationChannel = z.infer<typeof NewNotificationChannel>;

/** `PATCH /api/notifications/{id}`: only what shall change. A target is replaced as a whole; a secret of null is forgotten. */
export const NotificationChannelPatch = z
  .strictObject({
    name: ChannelName.optional(),
    target: NotificationTarget.optional(),
    secret: Secret.nullable().optional(),
    filter: NotificationFilter.partial().optional(),
    enabled: z.boolean().optional(),
  })
  .meta({ id: 'NotificationChannelPatch' });
export type NotificationChannelPatch = z.infer<typeof NotificationChannelPatch>;

/** Answer to `POST /api/notifications/{id}/test` */
export const NotificationTest = z
  .strictObject({ delivered: z.boolean(), failure: z.string().nullable() })
  .meta({ id: 'NotificationTest' });
export type NotificationTest = z.infer<typeof NotificationTest>;

/** One notice on its way through one channel. */
export const Delivery = z
  .strictObject({
    seq: z.int(),
    notice: Notice,
    state: z.enum(['waiting', 'delivered', 'given_up']),
    attempts: z.int(),
    ended_at: Timestamp.nullable(),
    failure: z.string().nullable(),
  })
  .meta({ id: 'Delivery' });
export type Delivery = z.infer<typeof Delivery>;

export const DeliveryList = listOf(Delivery);
