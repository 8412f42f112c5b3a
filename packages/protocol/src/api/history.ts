import { z } from 'zod';
import { EntityId } from './identifiers.ts';

const MAX_DAYS = 400;

/** `GET /api/pumps/{id}/history?days=` */
export const HistoryQuery = z.strictObject({
  days: z
    .string()
    .regex(/^[0-9]{1,3}$/, `must be a whole number from 1 to ${MAX_DAYS}`)
    .transform(Number)
    .refine((days) => days >= 1 && days <= MAX_DAYS, `must be a whole number from 1 to ${MAX_DAYS}`)
    .default(30)
    .meta({ description: `Days up to today, 1 to ${MAX_DAYS}; 30 unless said otherwise` }),
});
export type HistoryQuery = z.infer<typeof HistoryQuery>;

/** What a pump gave on one calendar day of the site, by start of the dose. */
export const HistoryDay = z
  .strictObject({
    day: z.iso.date().meta({ description: 'Calendar day in the zone of the site', example: '2026-03-01' }),
    lo_ml: z.number().meta({ description: 'At least this much, ml' }),
    hi_ml: z.number().meta({ description: 'At most this much, ml' }),
    planned_ml: z.number().nullable().meta({ description: 'By schedules, ml; null where there was no plan' }),
    doses: z.int().meta({ description: 'Doses that moved liquid' }),
    not_given: z.int().meta({ description: 'Refused, missed, skipped or cancelled before they moved' }),
  })
  .meta({ id: 'HistoryDay' });
export type HistoryDay = z.infer<typeof HistoryDay>;

/** Oldest day first, one row per day, also for days without a dose. */
export const PumpHistory = z
  .strictObject({ pump_id: EntityId, timezone: z.string(), days: z.array(HistoryDay) })
  .meta({ id: 'PumpHistory' });
export type PumpHistory = z.infer<typeof PumpHistory>;
