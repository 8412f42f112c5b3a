import { z } from 'zod';
import { Timestamp } from './identifiers.ts';

/** `GET /api/about`: which unit this is. */
export const About = z
  .strictObject({
    version: z.string(),
    doser_id: z.string(),
    timezone: z.string().meta({ description: 'IANA zone of the site' }),
    emulated: z.boolean().meta({ description: 'No liquid moves: the pumps are emulated' }),
    started_at: Timestamp,
    now: Timestamp.meta({ description: "The unit's clock" }),
  })
  .meta({ id: 'About' });
export type About = z.infer<typeof About>;
