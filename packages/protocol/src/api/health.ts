import { z } from 'zod';

/** `GET /api/health`, no login. */
export const Health = z
  .strictObject({
    status: z.enum(['ok', 'degraded']),
    reasons: z.array(z.string()),
    version: z.string(),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;
