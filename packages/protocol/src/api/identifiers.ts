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

const ZONE_RULE = 'must be an IANA time zone such as Europe/Warsaw';

/** An IANA time zone that this machine knows. */
export const TimeZone = z.string(ZONE_RULE).refine(isTimeZone, ZONE_RULE);

/** RFC 3339, UTC. */
export const Timestamp = z.iso.datetime().meta({ description: 'RFC 3339, UTC', example: '2026-03-01T07:30:00.000Z' });

/**
 * A finite number that is not −0; `description` names its unit and goes into the API description.
 * Messages here and below state the rule alone: whoever reports one adds the value.
 */
export const quantity = (description: string) =>
  z
    .number('must be a number')
    .refine((value) => !Object.is(value, -0), 'must not be -0')
    .meta({ description });

/** A positive finite number. */
export const positive = (description: string) =>
  quantity(description)
    .refine((value) => value > 0, 'must be greater than 0')
    .meta({ description, exclusiveMinimum: 0 });

const MAX_PAGE_ROWS = 500;

/** A whole number of a query string: digits and nothing else, since `Number('')` and `Number('0x1F4')` are numbers too. */
const PageLimit = z
  .string()
  .regex(/^[0-9]{1,3}$/, `must be a whole number from 1 to ${MAX_PAGE_ROWS}`)
  .transform(Number)
  .refine((rows) => rows >= 1 && rows <= MAX_PAGE_ROWS, `must be a whole number from 1 to ${MAX_PAGE_ROWS}`);

export const Page = z.strictObject({
  limit: PageLimit.default(50).meta({ description: `Rows at most, 1 to ${MAX_PAGE_ROWS}; 50 unless said otherwise` }),
  cursor: z.string().max(200).optional().meta({ description: '`next_cursor` of the page before' }),
});

/** A list as it goes out: newest first, `next_cursor` null on the last page. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), next_cursor: z.string().nullable() });

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '' && !/^[+-]/.test(name);
  } catch {
    return false;
  }
}
