import { z } from 'zod';
import { Timestamp } from './identifiers.ts';

/** Why a broker cannot be used, as far as one can tell. */
export const MqttCause = z.enum(['login', 'unreachable', 'certificate', 'forbidden', 'other']);
export type MqttCause = z.infer<typeof MqttCause>;

export const MqttMessage = z
  .strictObject({
    at: Timestamp,
    direction: z.enum(['in', 'out']),
    topic: z.string(),
    text: z.string().meta({ description: 'Its beginning' }),
  })
  .meta({ id: 'MqttMessage' });
export type MqttMessage = z.infer<typeof MqttMessage>;

/** `GET /api/mqtt`: how it stands with the broker. */
export const MqttState = z
  .strictObject({
    state: z
      .enum(['off', 'connecting', 'connected', 'refused'])
      .meta({ description: '`refused`: the last attempt failed, and another one follows' }),
    broker: z.string().nullable(),
    doser_id: z.string(),
    since: Timestamp.nullable().meta({ description: 'Since when it is connected, or not' }),
    cause: MqttCause.nullable(),
    reason: z.string().nullable().meta({ description: 'Why the last attempt failed, in words' }),
    waiting: z.int().meta({ description: 'Messages that the broker does not have yet' }),
    topics: z.array(
      z.strictObject({
        name: z.string(),
        direction: z.enum(['in', 'out']),
        topic: z.string().nullable(),
        alias: z.string().nullable(),
      }),
    ),
    recent: z.array(MqttMessage).meta({ description: 'Latest messages, newest first' }),
  })
  .meta({ id: 'MqttState' });
export type MqttState = z.infer<typeof MqttState>;

/** `POST /api/mqtt/test`: a message on its way to the broker and back. */
export const MqttTest = z
  .strictObject({
    passed: z.boolean(),
    broker: z.string(),
    step: z
      .enum(['connect', 'subscribe', 'publish', 'receive'])
      .nullable()
      .meta({ description: 'What failed; null if nothing did' }),
    cause: MqttCause.nullable(),
    reason: z.string().nullable(),
    topic: z.string(),
    took_ms: z.number().meta({ description: 'From the first byte until the message was back, ms' }),
  })
  .meta({ id: 'MqttTest' });
export type MqttTest = z.infer<typeof MqttTest>;
