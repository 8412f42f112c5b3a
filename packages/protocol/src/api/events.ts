import { z } from 'zod';
import { EntityId, listOf, Page, Timestamp } from './identifiers.ts';

const Json = z.json().register(z.globalRegistry, { id: 'Json' });

/** A row of the event log; `seq` has no gaps. */
export const LogEvent = z
  .strictObject({
    seq: z.int(),
    at: Timestamp,
    kind: z.string().meta({ description: 'Such as dose_accepted, dose_settled, emergency_stop' }),
    severity: z.enum(['info', 'warning', 'alarm']),
    pump_id: EntityId.nullable(),
    dose_id: z.string().nullable(),
    actor: z.string().nullable(),
    data: z.record(z.string(), Json),
  })
  .meta({ id: 'LogEvent' });
export type LogEvent = z.infer<typeof LogEvent>;

export const EventQuery = Page.extend({
  pump_id: EntityId.optional(),
  kind: z.string().max(64).optional(),
  actor: z.string().max(100).optional().meta({ description: 'A user, or `token:` and the name of a token' }),
});
export type EventQuery = z.infer<typeof EventQuery>;

export const EventList = listOf(LogEvent);
