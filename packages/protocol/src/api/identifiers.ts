import { z } from 'zod';

/** Ids of pumps, schedules and devices. */
export const EntityId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 of A–Z, a–z, 0–9, _ and -')
  .meta({ description: 'Id, 1 to 64 of A–Z, a–z, 0–9, _ and -', example: 'ph-down' });

/** Derived, not random, so that the same order always has the same id. */
export const DoseId = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,128}$/, 'must be 1 to 128 of A–Z, a–z, 0–9, ., _ and -')
  .meta({ description: 'Dose id, derived from the order' });

/** RFC 3339, UTC. */
export const Timestamp = z.iso.datetime().meta({ description: 'RFC 3339, UTC', example: '2026-03-01T07:30:00.000Z' });

/** A finite number that is not −0; `unit` and meaning go into the API description. */
export const quantity = (description: string) =>
  z
    .number({ error: (issue) => `must be a number, not ${describeInput(issue.input)}` })
    .refine((value) => !Object.is(value, -0), 'must not be -0')
    .meta({ description });

/** A positive finite number. */
export const positive = (description: string) =>
  quantity(description).refine((value) => value > 0, { error: (issue) => `must be greater than 0, is ${issue.input}` });

function describeInput(input: unknown): string {
  if (input === undefined) return 'missing';
  if (input === null) return 'null';
  if (Array.isArray(input)) return 'an array';
  return typeof input === 'object' ? 'an object' : `${typeof input} ${JSON.stringify(input)}`;
}

export const Page = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50).meta({ description: 'Rows at most' }),
  cursor: z.string().max(200).optional().meta({ description: '`next_cursor` of the page before' }),
});

/** A list as it goes out: newest first, `next_cursor` null on the last page. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), next_cursor: z.string().nullable() });
