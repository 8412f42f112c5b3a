import { z } from 'zod';
import { DosingChannelPatch } from './dosing-unit.ts';
import { DoseId, EntityId, Timestamp } from './identifiers.ts';
import { SchedulePatch } from './schedules.ts';

export const MOST_PLAN_DAYS = 90;
export const PLAN_DAYS = 14;
const MOST_DRAFTS = 200;
const DAYS_RULE = `must be a whole number from 1 to ${MOST_PLAN_DAYS}`;
const DAYS_TEXT = `Days to look ahead, 1 to ${MOST_PLAN_DAYS}; ${PLAN_DAYS} unless said otherwise`;

/** `GET /api/plan?days=` */
export const PlanQuery = z.strictObject({
  days: z
    .string()
    .regex(/^[0-9]{1,2}$/, DAYS_RULE)
    .transform(Number)
    .refine((days) => days >= 1 && days <= MOST_PLAN_DAYS, DAYS_RULE)
    .default(PLAN_DAYS)
    .meta({ description: DAYS_TEXT }),
});

/** A schedule that is not saved: one that is kept with other settings, or, without an id, a new one. */
export const DraftSchedule = SchedulePatch.extend({
  id: EntityId.optional().meta({ description: 'Schedule that would be changed; a new one is judged without' }),
}).meta({ id: 'DraftSchedule' });
export type DraftSchedule = z.infer<typeof DraftSchedule>;

/** `POST /api/plan`: what would be saved. */
export const PlanDraft = z
  .strictObject({
    days: z.int(DAYS_RULE).min(1, DAYS_RULE).max(MOST_PLAN_DAYS, DAYS_RULE).optional().meta({ description: DAYS_TEXT }),
    schedules: z.array(DraftSchedule).max(MOST_DRAFTS).optional(),
    without: z.array(EntityId).max(MOST_DRAFTS).optional().meta({ description: 'Schedules that would be removed' }),
    channels: z
      .array(DosingChannelPatch)
      .max(MOST_DRAFTS)
      .optional()
      .meta({ description: 'Changes of weekly plans, as POST /api/dosing-config takes them' }),
  })
  .meta({ id: 'PlanDraft' });
export type PlanDraft = z.infer<typeof PlanDraft>;

/** A dose that the calendar will ask for, and what will become of it if nothing else happens. */
export const PlanDose = z
  .strictObject({
    dose_id: DoseId,
    pump_id: EntityId,
    schedule_id: EntityId.nullable().meta({ description: 'Null of a weekly plan; a new schedule is called draft-1' }),
    due_at: Timestamp,
    state: z.enum(['given', 'waits', 'refused', 'missed']).meta({
      description:
        '`waits`: it is given too, after `waits_for`. `missed`: its turn comes too late, or no plan is carried out',
    }),
    starts_at: Timestamp.nullable().meta({ description: 'Null where it is not given' }),
    volume_ml: z.number().meta({ description: 'What its pulses give, ml; the volume asked for where it is not given' }),
    duration_s: z.number().nullable(),
    waits_for: DoseId.nullable().meta({ description: 'The dose just before it, of its pump or mutex group' }),
    code: z.string().nullable().meta({ description: 'Why it is not given', example: 'E425' }),
    reason: z.string().nullable().meta({ description: 'The same in words' }),
  })
  .meta({ id: 'PlanDose' });
export type PlanDose = z.infer<typeof PlanDose>;

export const PlanContainer = z
  .strictObject({
    container_id: EntityId,
    product: z.string(),
    level_ml: z.number().meta({ description: 'Now, ml' }),
    end_level_ml: z.number().meta({ description: 'When the preview ends, ml' }),
    low_at: Timestamp.nullable().meta({
      description: 'When it is below its low mark; null if it is not within the preview',
    }),
    runs_out_at: Timestamp.nullable().meta({
      description: 'When the first dose is refused because it holds too little',
    }),
  })
  .meta({ id: 'PlanContainer' });
export type PlanContainer = z.infer<typeof PlanContainer>;

export const ClockChange = z
  .strictObject({
    at: Timestamp,
    timezone: z.string(),
    day: z.iso.date().meta({ description: 'Calendar day in that zone' }),
    shift_min: z.number().meta({ description: 'By how much clocks go on, minutes; back where it is negative' }),
  })
  .meta({ id: 'ClockChange' });

/** `GET` and `POST /api/plan` */
export const Plan = z
  .strictObject({
    from: Timestamp,
    until: Timestamp.meta({ description: 'The doses due before this instant are all here' }),
    complete: z.boolean().meta({ description: 'False where there were too many doses to look at all days asked for' }),
    timezone: z.string().meta({ description: 'Zone of the site' }),
    doses: z.array(PlanDose).meta({ description: 'In the order in which they are due' }),
    collisions: z
      .array(z.strictObject({ at: Timestamp, dose_ids: z.array(DoseId) }))
      .meta({ description: 'Doses that stand in line for one pump or one mutex group, in their order' }),
    containers: z.array(PlanContainer),
    clock_changes: z.array(ClockChange).meta({ description: 'In the zones of the site and of its schedules' }),
  })
  .meta({ id: 'Plan' });
export type Plan = z.infer<typeof Plan>;
