import { z } from 'zod';
import { DoseCause } from './doses.ts';
import { DoseId, EntityId, Timestamp } from './identifiers.ts';

/** One minute is the least that the queue can be relied on to keep; beyond a day a schedule is the means. */
const MINUTES_RULE = 'must be a whole number from 1 to 1440';

export const SeparationItem = z
  .strictObject({
    pumps: z.tuple([EntityId, EntityId]).meta({ description: 'Two pumps; their order means nothing' }),
    minutes: z.int(MINUTES_RULE).min(1, MINUTES_RULE).max(1440, MINUTES_RULE).meta({
      description: 'From the end of a dose of the one to the start of a dose of the other, min, 1 to 1440',
    }),
  })
  .meta({ id: 'Separation' });

/** `GET /api/separations`, and `PUT` of the whole: pairs that do not stand here are not kept apart. */
export const Separations = z
  .strictObject({ items: z.array(SeparationItem).max(500, 'must have at most 500 pairs') })
  .meta({ id: 'Separations' });
export type Separations = z.infer<typeof Separations>;

/** `GET /api/queue`: doses that wait, in the order in which they came. */
export const Queue = z
  .strictObject({
    items: z.array(
      z.strictObject({
        dose_id: DoseId,
        pump_id: EntityId,
        cause: DoseCause,
        volume_ml: z.number(),
        accepted_at: Timestamp,
        start_before: Timestamp.meta({ description: 'If it has not begun by then it is missed' }),
        code: z.string().nullable(),
        reason: z.string().nullable().meta({ description: 'Why it waits, in words; null if it is about to start' }),
        waits_for: EntityId.nullable().meta({ description: 'Pump that it is kept apart from' }),
        earliest_at: Timestamp.nullable().meta({ description: 'When that is over, as things stand' }),
      }),
    ),
  })
  .meta({ id: 'Queue' });
export type Queue = z.infer<typeof Queue>;
