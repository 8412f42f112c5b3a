import { z } from 'zod';
import { DeviceId } from '../fleet/topics.ts';
import { Username } from './accounts.ts';
import { Timestamp } from './identifiers.ts';
import { Password } from './session.ts';

/** What a user of the embedded broker may: order doses, be a device, or look on. */
export const MqttUserKind = z.enum(['doser', 'device', 'viewer']);
export type MqttUserKind = z.infer<typeof MqttUserKind>;

const DEVICE_RULE = 'must be given for a device, and for nobody else';

/** A user of the embedded MQTT broker. */
export const MqttUser = z
  .strictObject({
    name: Username,
    kind: MqttUserKind.meta({
      description:
        '`doser`: orders doses and is told of all; `device`: speaks for one device; `viewer`: is told of all',
    }),
    device_id: DeviceId.nullable().meta({ description: 'Which device it speaks for' }),
    created_at: Timestamp,
  })
  .meta({ id: 'MqttUser' });
export type MqttUser = z.infer<typeof MqttUser>;

/** `GET /api/mqtt-users` */
export const MqttUserList = z
  .strictObject({
    items: z.array(MqttUser),
    embedded: z.boolean().meta({ description: 'Whether the unit uses its embedded broker, the only one to know them' }),
  })
  .meta({ id: 'MqttUserList' });
export type MqttUserList = z.infer<typeof MqttUserList>;

/** `POST /api/mqtt-users` */
export const NewMqttUser = z
  .strictObject({
    name: Username,
    kind: MqttUserKind,
    device_id: DeviceId.optional().meta({ description: 'The device that a user of this kind speaks for' }),
    password: Password.optional().meta({ description: 'One is made and told in the answer unless it is given' }),
  })
  .refine(({ kind, device_id }) => (kind === 'device') === (device_id !== undefined), {
    error: DEVICE_RULE,
    path: ['device_id'],
  })
  .meta({ id: 'NewMqttUser' });
export type NewMqttUser = z.infer<typeof NewMqttUser>;

/** Answer to a new user: the only time that a password which was made for it is told. */
export const CreatedMqttUser = MqttUser.extend({
  password: z.string().nullable().meta({ description: 'The one that was made for it; null if it was chosen' }),
}).meta({ id: 'CreatedMqttUser' });
export type CreatedMqttUser = z.infer<typeof CreatedMqttUser>;
