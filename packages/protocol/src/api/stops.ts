import { z } from 'zod';
import { EntityId, Timestamp } from './identifiers.ts';

/** Answer to a stop: who was seen at rest, and who could not be seen. */
export const StopOutcome = z.strictObject({
  at_rest: z.array(EntityId),
  unproven: z.array(EntityId).meta({ description: 'Told to stop, but standstill could not be seen' }),
});
export type StopOutcome = z.infer<typeof StopOutcome>;

export const EmergencyStopRequest = z.strictObject({ reason: z.string().max(200).optional() });

export const EmergencyStopRelease = z.strictObject({
  reason: z.string().min(1).max(200).meta({ description: 'What was checked before the release' }),
});

export const EmergencyStop = z.strictObject({
  latched: z.boolean(),
  since: Timestamp.nullable(),
  actor: z.string().nullable(),
  reason: z.string().nullable(),
  outcome: StopOutcome.nullable(),
});
export type EmergencyStop = z.infer<typeof EmergencyStop>;

/** `POST /api/pumps/{id}/release`: an operator looked at the pump; a hold or a fault is lifted. */
export const ReleaseRequest = z.strictObject({ reason: z.string().min(1).max(200) });
