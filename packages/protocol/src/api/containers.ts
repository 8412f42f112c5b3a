import { CONTAINER_CONDITIONS } from '@perista/core';
import { z } from 'zod';
import { EntityId, listOf, Page, positive, quantity, Timestamp } from './identifiers.ts';

const MOST_DAYS = 400;

/** A quantity that may be nothing. */
const notNegative = (description: string) =>
  quantity(description)
    .refine((value) => value >= 0, 'must be 0 or more')
    .meta({ description, minimum: 0 });

export const ContainerCondition = z
  .enum(CONTAINER_CONDITIONS)
  .meta({ description: 'low and empty stay until the level is well above their marks' });

/** What pumps draw from. Its level is booked: each dose is taken out at the top of its range. */
export const Container = z
  .strictObject({
    id: EntityId,
    product: z.string().meta({ description: 'What is in it' }),
    pumps: z.array(EntityId).meta({ description: 'Pumps that draw from it' }),
    capacity_ml: z.number(),
    level_ml: z.number().meta({ description: 'Booked level: never more than the ledger allows' }),
    reserved_ml: z.number().meta({ description: 'What doses that are not over may still draw' }),
    low_ml: z.number().meta({ description: 'Below this it counts as low' }),
    empty_ml: z.number().meta({ description: 'This much stays in: no dose draws below it' }),
    state: ContainerCondition,
    days_left: z.number().nullable().meta({ description: 'Until it cannot give the next dose; null if nothing draws' }),
    runs_out_at: Timestamp.nullable(),
    forecast_by: z
      .enum(['plan', 'use'])
      .nullable()
      .meta({ description: 'By what is planned, or by recent use where nothing is' }),
    created_at: Timestamp,
  })
  .meta({ id: 'Container' });
export type Container = z.infer<typeof Container>;

export const ContainerList = z.strictObject({ items: z.array(Container) });

const Product = z.string().min(1, 'must have 1 to 80 characters').max(80, 'must have 1 to 80 characters');

const Marks = {
  low_ml: notNegative('Below this it counts as low, ml; a tenth of its capacity unless said otherwise').optional(),
  empty_ml: notNegative('What has to stay in it, ml; 0 unless said otherwise').optional(),
  pumps: z
    .array(EntityId)
    .refine((pumps) => new Set(pumps).size === pumps.length, 'must name each pump once')
    .optional()
    .meta({ description: 'All pumps that draw from it' }),
};

/** `POST /api/containers` */
export const NewContainer = z
  .strictObject({
    id: EntityId,
    product: Product.optional(),
    capacity_ml: positive('What it holds when it is full, ml'),
    level_ml: notNegative('What is in it now, ml'),
    ...Marks,
  })
  .meta({ id: 'NewContainer' });
export type NewContainer = z.infer<typeof NewContainer>;

/** `PATCH /api/containers/{id}`: only what shall change. The level changes by refills alone. */
export const ContainerPatch = z
  .strictObject({
    product: Product.optional(),
    capacity_ml: positive('What it holds when it is full, ml').optional(),
    ...Marks,
  })
  .meta({ id: 'ContainerPatch' });
export type ContainerPatch = z.infer<typeof ContainerPatch>;

/** `POST /api/containers/{id}/refills`: what was measured to be left, what was added, or both. */
export const RefillRequest = z
  .strictObject({
    rest_ml: notNegative('What was measured to be left before anything was added, ml').optional(),
    added_ml: positive('What was added, ml').optional(),
    full: z.literal(true).optional().meta({ description: 'It was filled to its capacity; in place of added_ml' }),
  })
  .check(({ value, issues }) => {
    const { rest_ml, added_ml, full } = value;
    const refuse = (path: string, message: string) =>
      issues.push({ code: 'custom', message, path: path === '' ? [] : [path], input: value });
    if (rest_ml === undefined && added_ml === undefined && full === undefined) {
      refuse('', 'must have rest_ml, added_ml or full');
    }
    if (added_ml !== undefined && full !== undefined) refuse('full', 'must not stand beside added_ml');
  })
  .meta({ id: 'RefillRequest' });
export type RefillRequest = z.infer<typeof RefillRequest>;

/** A row of the refill log. */
export const Refill = z
  .strictObject({
    seq: z.int(),
    container_id: EntityId,
    at: Timestamp,
    actor: z.string(),
    booked_ml: z.number().meta({ description: 'Booked level before' }),
    rest_ml: z.number().nullable().meta({ description: 'Measured rest before; null if nobody measured' }),
    added_ml: z.number(),
    level_ml: z.number().meta({ description: 'Booked level after' }),
    deviation: z
      .strictObject({
        drawn_lo_ml: z.number().meta({ description: 'By the ledger at least, since the level was last known' }),
        drawn_hi_ml: z.number().meta({ description: 'By the ledger at most; this is what was booked' }),
        drawn_measured_ml: z.number().meta({ description: 'By the measured rest' }),
        error_ml: z
          .number()
          .meta({ description: 'Booked level minus measured rest; above 0 the pumps gave more than booked' }),
        error_pct: z.number().nullable().meta({ description: 'In % of what was booked; null if nothing was' }),
      })
      .nullable()
      .meta({ description: 'The error of calibration that a measured rest implies' }),
  })
  .meta({ id: 'Refill' });
export type Refill = z.infer<typeof Refill>;

export const RefillQuery = Page;
export type RefillQuery = z.infer<typeof RefillQuery>;

export const RefillList = listOf(Refill);

/** `GET /api/containers/{id}/levels?days=` */
export const LevelQuery = z.strictObject({
  days: z
    .string()
    .regex(/^[0-9]{1,3}$/, `must be a whole number from 1 to ${MOST_DAYS}`)
    .transform(Number)
    .refine((days) => days >= 1 && days <= MOST_DAYS, `must be a whole number from 1 to ${MOST_DAYS}`)
    .default(30)
    .meta({ description: `Days up to now, 1 to ${MOST_DAYS}; 30 unless said otherwise` }),
});
export type LevelQuery = z.infer<typeof LevelQuery>;

const LevelPoint = z.strictObject({ at: Timestamp, level_ml: z.number() }).meta({ id: 'LevelPoint' });
export type LevelPoint = z.infer<typeof LevelPoint>;

/** Booked level over time and what is expected, oldest first; thinned out where there is much. */
export const ContainerLevels = z
  .strictObject({ container_id: EntityId, past: z.array(LevelPoint), forecast: z.array(LevelPoint) })
  .meta({ id: 'ContainerLevels' });
export type ContainerLevels = z.infer<typeof ContainerLevels>;
