import { z } from 'zod';

/** Headers of a request that must have its effect once, however often it is sent. */
export const IdempotencyHeaders = z.looseObject({
  'idempotency-key': z
    .string()
    .regex(/^[\x20-\x7e]{1,128}$/, 'must be 1 to 128 printable ASCII characters')
    .optional()
    .meta({
      description: 'The same key and body give the same answer for ever, and one effect',
      example: 'breakfast-1',
    }),
});

/** The caller's key, if it sent one. */
export function keyOf(headers: z.infer<typeof IdempotencyHeaders>): string | undefined {
  return headers['idempotency-key'];
}
