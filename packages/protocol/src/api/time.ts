import { z } from 'zod';
import { Timestamp } from './identifiers.ts';

/** Answer to `POST /api/time/accept`: the time that somebody said is right. */
export const TimeAccepted = z
  .strictObject({
    utc_time: Timestamp,
    local_time: z.string().meta({ description: 'The same at the site, with its offset' }),
    timezone: z.string(),
  })
  .meta({ id: 'TimeAccepted' });
export type TimeAccepted = z.infer<typeof TimeAccepted>;
