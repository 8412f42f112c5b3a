import { z } from 'zod';

/** RFC 9457, `application/problem+json`. */
export const Problem = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().meta({ description: 'Code from the error catalogue', example: 'E422' }),
    errors: z
      .array(z.strictObject({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'All wrong fields, by path' }),
    reason: z.string().optional().meta({ description: 'Name of the rule that refused' }),
    limit: z.number().optional(),
    value: z.number().optional(),
    unit: z.string().optional(),
    fastest_duration_s: z.number().optional().meta({ description: 'Shortest feasible duration, s' }),
    dose_id: z.string().optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
