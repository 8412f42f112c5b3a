import { WEEK_DAY_NAMES } from '@perista/core';
import { z } from 'zod';
import { DoseRequest } from './doses.ts';
import { EntityId, listOf, positive, Timestamp, TimeZone } from './identifiers.ts';

/** Minutes of a day are all that a schedule can name. */
const MOST_DOSES_A_DAY = 288;
const MOST_WINDOWS = 12;
const MOST_TIMES = 48;
const LONGEST_INTERVAL_MIN = 366 * 1440;
/** Late is better than never for so long, and no longer. */
const LONGEST_TOLERANCE_S = 86_400;
const SHORTEST_TOLERANCE_S = 60;

const TIME_RULE = 'must be a time of the day such as 08:00';
const END_RULE = 'must be a time of the day such as 20:00, or 24:00';
const DATE_RULE = 'must be a date such as 2027-03-28';

export const TimeOfDay = z
  .string(TIME_RULE)
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, TIME_RULE)
  .meta({ description: 'Time of the clock in the zone of the schedule', example: '08:00' });

const EndOfWindow = z
  .string(END_RULE)
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, END_RULE)
  .meta({ description: 'Like a time of the day; 24:00 is the end of it', example: '20:00' });

/** A day of the calendar. */
export const CivilDateText = z.iso
  .date(DATE_RULE)
  .meta({ description: 'Day in the zone of the schedule', example: '2027-03-28' });

export const CronRule = z
  .strictObject({
    kind: z.literal('cron'),
    expression: z.string().max(200).meta({ description: 'Five fields as in crontab(5)', example: '0 8 * * *' }),
  })
  .meta({ id: 'CronRule' });

export const IntervalRule = z
  .strictObject({
    kind: z.literal('interval'),
    every_min: z.int().min(1).max(LONGEST_INTERVAL_MIN).meta({ description: 'Minutes from one dose to the next' }),
    from: Timestamp.exactOptional().meta({
      description: 'When the first is due; the next full minute unless said otherwise',
    }),
  })
  .meta({ id: 'IntervalRule' });

export const WindowsRule = z
  .strictObject({
    kind: z.literal('windows'),
    doses_per_day: z.int().min(1).max(MOST_DOSES_A_DAY),
    daily_ml: positive('Volume of all doses of a day together, ml').refine(
      (ml) => Math.abs(Math.round(ml * 1000) - ml * 1000) < 1e-6,
      'must have three decimals at most',
    ),
    windows: z
      .array(z.strictObject({ from: TimeOfDay, to: EndOfWindow }))
      .min(1)
      .max(MOST_WINDOWS)
      .meta({
        description:
          'Parts of the day over which the doses are spread; one that ends before it begins lasts over midnight',
      }),
  })
  .meta({ id: 'WindowsRule' });

export const OnceRule = z
  .strictObject({ kind: z.literal('once'), date: CivilDateText, time: TimeOfDay })
  .meta({ id: 'OnceRule' });

export const WeekdaysRule = z
  .strictObject({
    kind: z.literal('weekdays'),
    days: z.array(z.enum(WEEK_DAY_NAMES)).min(1).max(7),
    times: z.array(TimeOfDay).min(1).max(MOST_TIMES),
  })
  .meta({ id: 'WeekdaysRule' });

/** When doses are due. Times are those of clocks in the zone of the schedule. */
export const ScheduleRule = z
  .discriminatedUnion('kind', [CronRule, IntervalRule, WindowsRule, OnceRule, WeekdaysRule])
  .meta({ id: 'ScheduleRule' });
export type ScheduleRule = z.infer<typeof ScheduleRule>;

export const MissedPolicyName = z.enum(['late', 'skip']);

const Volume = DoseRequest.shape.volume_ml;
const Duration = positive('How long a dose shall take, s');

const SETTINGS = {
  rule: ScheduleRule.optional().meta({ description: 'When doses are due, where `cron` does not say it' }),
  cron: z.string().max(200).optional().meta({ description: 'Short for a rule of kind cron', example: '0 8 * * *' }),
  volume_ml: Volume.optional().meta({ description: 'Volume of a dose, ml; a rule of kind windows has `daily_ml`' }),
  volume: Volume.optional().meta({ description: 'The same as `volume_ml`' }),
  duration: Duration.optional().meta({ description: 'The same as `duration_s`' }),
  enabled: z.boolean().optional().meta({ description: 'true unless said otherwise' }),
  tolerance_s: z
    .int()
    .min(SHORTEST_TOLERANCE_S)
    .max(LONGEST_TOLERANCE_S)
    .optional()
    .meta({ description: 'How late a dose may begin, s; 1800 unless said otherwise' }),
  missed_policy: MissedPolicyName.optional().meta({
    description: 'What becomes of a dose that can only begin late: given within its tolerance (late), or skipped',
  }),
  timezone: TimeZone.optional().meta({
    description: 'IANA zone; that of the site unless said otherwise',
    example: 'Europe/Warsaw',
  }),
};

/** `POST /api/schedules` */
export const NewSchedule = z
  .strictObject({
    pump_id: EntityId.optional().meta({ description: 'May be left out where there is one pump' }),
    ...SETTINGS,
    duration_s: Duration.optional(),
    paused_until: CivilDateText.optional().meta({ description: 'First day on which it doses again' }),
  })
  .meta({ id: 'NewSchedule' });
export type NewSchedule = z.infer<typeof NewSchedule>;

/** `PATCH /api/schedules/{id}`: what shall change. */
export const SchedulePatch = z
  .strictObject({
    pump_id: EntityId.optional(),
    ...SETTINGS,
    duration_s: Duration.nullable().optional().meta({ description: 'null: as long as it takes' }),
    paused_until: CivilDateText.nullable().optional().meta({ description: 'null: it is not paused any more' }),
  })
  .meta({ id: 'SchedulePatch' });
export type SchedulePatch = z.infer<typeof SchedulePatch>;

/** A schedule as it stands. */
export const Schedule = z
  .strictObject({
    id: EntityId,
    pump_id: EntityId,
    cron: z.string().nullable().meta({ description: 'Null where `rule` is of another kind' }),
    rule: ScheduleRule,
    sentence: z.string().meta({ description: 'When doses are due, in words' }),
    volume_ml: z.number().meta({ description: 'Volume of a dose, ml; of windows that of its largest' }),
    duration_s: z.number().nullable(),
    enabled: z.boolean(),
    tolerance_s: z.int(),
    missed_policy: MissedPolicyName,
    timezone: z.string(),
    paused_until: CivilDateText.nullable(),
    next_runs: z.array(Timestamp).meta({ description: 'The next five; none while it is off' }),
    created_at: Timestamp,
    last_run: Timestamp.nullable().meta({ description: 'When its last dose began to move' }),
  })
  .meta({ id: 'Schedule' });
export type Schedule = z.infer<typeof Schedule>;

export const ScheduleList = listOf(Schedule);
