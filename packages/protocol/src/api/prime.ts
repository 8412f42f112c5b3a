import { z } from 'zod';
import { Direction, DoseStateName } from './doses.ts';
import { DoseId, EntityId, positive } from './identifiers.ts';

/** `POST /api/pumps/{id}/prime`: turn while a button is held. It is charged to the caps as any dose. */
export const PrimeRequest = z
  .strictObject({
    direction: Direction.optional().meta({ description: 'forward unless said otherwise' }),
    max_s: positive('Longest it may turn, s, however long the button is held').refine(
      (seconds) => seconds <= 120,
      'must be at most 120',
    ),
  })
  .meta({ id: 'PrimeRequest' });
export type PrimeRequest = z.infer<typeof PrimeRequest>;

/** Answer, 202. Unless it is renewed within `hold_ms`, and again and again, the pump comes to rest. */
export const PrimeStarted = z
  .strictObject({
    dose_id: DoseId,
    pump_id: EntityId,
    state: DoseStateName,
    hold_ms: z.int().meta({ description: 'Renew more often than this, ms' }),
    max_s: z.number(),
    rate_ml_min: z.number().nullable().meta({ description: 'By the calibration; null without one' }),
  })
  .meta({ id: 'PrimeStarted' });
export type PrimeStarted = z.infer<typeof PrimeStarted>;

/**
 * `POST /api/pumps/{id}/prime/renew`: the button is still held. Answer, 200: the dose as it stands; 409 when it is over.
 * Let go: cancel the dose.
 */
export const PrimeRenewal = z.strictObject({ dose_id: DoseId }).meta({ id: 'PrimeRenewal' });
export type PrimeRenewal = z.infer<typeof PrimeRenewal>;
