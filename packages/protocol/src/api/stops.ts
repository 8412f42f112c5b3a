import { z } from 'zod';
import { EntityId, Timestamp } from './identifiers.ts';

/** Answer to a stop: who was seen at rest, and who could not be seen. */
export const StopOutcome = z
  .strictObject({
    at_rest: z.array(EntityId),
    unproven: z.array(EntityId).meta({ description: 'Told to stop, but standstill could not be seen' }),
  })
  .meta({ id: 'StopOutcome' });
export type StopOutcome = z.infer<typeof StopOutcome>;

export const EmergencyStopRequest = z.strictObject({ reason: z.string().max(200).optional() });

const Checked = z.string().min(1).max(200).meta({ description: 'What was checked before, for the event log' });

/** `DELETE /api/emergency-stop`; the body may be left out, since some proxies drop it. */
export const EmergencyStopRelease = z.strictObject({ reason: Checked.optional() });

export const EmergencyStop = z
  .strictObject({
    latched: z.boolean(),
    since: Timestamp.nullable(),
    actor: z.string().nullable(),
    reason: z.string().nullable(),
    outcome: StopOutcome.nullable(),
  })
  .meta({ id: 'EmergencyStop' });
export type EmergencyStop = z.infer<typeof EmergencyStop>;

/** `POST /api/pumps/{id}/release`: an operator looked at the pump; a hold or a fault is lifted. */
export const ReleaseRequest = z.strictObject({ reason: Checked.optional() });
