import { DOSE_ENDS, OPEN_DOSE_STATES } from '@perista/core';
import { z } from 'zod';
import { DoseId, EntityId, listOf, Page, positive, Timestamp } from './identifiers.ts';

export const Direction = z.enum(['forward', 'reverse']);

/** `POST /api/pumps/{id}/doses` */
export const DoseRequest = z
  .strictObject({
    volume_ml: positive('Volume to give, ml'),
    duration_s: positive('How long it shall take, s; without it the pump takes its comfortable rate').optional(),
    direction: Direction.optional().meta({ description: 'forward unless said otherwise' }),
  })
  .meta({ id: 'DoseRequest' });
export type DoseRequest = z.infer<typeof DoseRequest>;

export const DoseStateName = z.enum([...OPEN_DOSE_STATES, ...DOSE_ENDS]);

/** Where an order came from. */
export const DoseCause = z.enum(['manual', 'mqtt', 'schedule', 'calibration', 'prime']);
export type DoseCause = z.infer<typeof DoseCause>;

/** A row of the ledger. Volumes in ml; `lo_ml` ≤ true volume ≤ `hi_ml` at every instant. */
export const Dose = z
  .strictObject({
    dose_id: DoseId,
    pump_id: EntityId,
    state: DoseStateName,
    cause: DoseCause,
    actor: z.string(),
    direction: Direction,
    requested_ml: z.number(),
    duration_s: z.number().nullable().meta({ description: 'Planned duration, s; null for a refused dose' }),
    delivered_ml: z.number().nullable().meta({ description: 'As measured by the encoder; null while not known' }),
    lo_ml: z.number(),
    hi_ml: z.number(),
    accepted_at: Timestamp,
    started_at: Timestamp.nullable(),
    ended_at: Timestamp.nullable(),
    reason: z.string().nullable().meta({ description: 'Why it ended otherwise than planned, in words' }),
    code: z.string().nullable().meta({ description: 'Error code of that reason' }),
    schedule_id: EntityId.nullable(),
    calibration_id: z.string().nullable(),
    progress: z
      .strictObject({ delivered_ml: z.number(), remaining_s: z.number(), elapsed_s: z.number() })
      .nullable()
      .meta({ description: 'Latest news of a running dose' }),
  })
  .meta({ id: 'Dose' });
export type Dose = z.infer<typeof Dose>;

/** Answer to an accepted order, 202. The same key and body give the same answer for ever. */
export const DoseAccepted = z
  .strictObject({
    dose_id: DoseId,
    pump_id: EntityId,
    state: z.enum(['accepted', 'queued']),
    volume_ml: z.number().meta({ description: 'What the planned pulses give through the calibration, ml' }),
    duration_s: z.number(),
    rate_ml_min: z.number(),
    pulses: z.int(),
    error_pct: z.number().meta({ description: 'Stated error of the calibration at this speed, %' }),
    accepted_at: Timestamp,
  })
  .meta({ id: 'DoseAccepted' });
export type DoseAccepted = z.infer<typeof DoseAccepted>;

export const DoseQuery = Page.extend({
  pump_id: EntityId.optional(),
  state: DoseStateName.optional(),
  schedule_id: EntityId.optional(),
});
export type DoseQuery = z.infer<typeof DoseQuery>;

export const DoseList = listOf(Dose);
