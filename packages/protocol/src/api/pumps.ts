import { z } from 'zod';
import { ContainerCondition } from './containers.ts';
import { Dose } from './doses.ts';
import { EntityId, positive, Timestamp } from './identifiers.ts';

export const PumpStateName = z.enum([
  'idle',
  'queued',
  'running',
  'calibrating',
  'priming',
  'stopped',
  'blocked',
  'fault',
  'disabled',
]);
export type PumpStateName = z.infer<typeof PumpStateName>;

/** Caps of a pump; they hold for every source of a dose. Rolling windows. */
export const PumpLimits = z
  .strictObject({
    single_ml: positive('Largest single dose, ml'),
    duration_s: positive('Longest dose, s'),
    hour_ml: positive('Most in any 1 h, ml'),
    day_ml: positive('Most in any 24 h, ml'),
    week_ml: positive('Most in any 168 h, ml'),
  })
  .meta({ id: 'PumpLimits' });
export type PumpLimits = z.infer<typeof PumpLimits>;

/** A stepper on an MKS-SERVO42C board. */
export const StepperHardware = z
  .strictObject({
    kind: z.literal('servo42c'),
    line: EntityId.meta({ description: 'Serial line from the settings' }),
    address: z.int().min(0xe0).max(0xe9).meta({ description: 'Board address, 224 to 233 (0xE0 to 0xE9)' }),
    microstep: z.int().min(1).max(256),
    steps_per_rev: z.literal([200, 400]),
    invert: z.boolean().meta({ description: 'The head is mounted the other way round' }),
    dialect: z.enum(['auto', 'v1.1.0', 'v1.1.2']),
    polls_while_moving: z
      .boolean()
      .exactOptional()
      .meta({ description: 'A reading leaves a motion alone, as commissioning found; default false' }),
    max_rpm: positive('Fastest the head may turn, rpm').refine((rpm) => rpm <= 1000, 'must be at most 1000'),
  })
  .meta({ id: 'StepperHardware' });
export type StepperHardware = z.infer<typeof StepperHardware>;

/** The group of all pumps behind relays: at most one relay is on. */
export const RELAY_GROUP = 'relays';

/** A pump that a relay of the dosing unit turns on and off. */
export const RelayHardware = z
  .strictObject({
    kind: z.literal('relay'),
    channel: z
      .int()
      .min(1, 'must be 1 to 6')
      .max(6, 'must be 1 to 6')
      .meta({ description: 'Relay of the dosing unit, 1 to 6' }),
  })
  .meta({ id: 'RelayHardware' });
export type RelayHardware = z.infer<typeof RelayHardware>;

/** What turns a pump. */
export const PumpHardware = z.discriminatedUnion('kind', [StepperHardware, RelayHardware]).meta({ id: 'PumpHardware' });
export type PumpHardware = z.infer<typeof PumpHardware>;

export const BlockedBy = z
  .strictObject({
    code: z.string(),
    reason: z.string().meta({ description: 'In words, with what to do' }),
  })
  .meta({ id: 'BlockedBy' });
export type BlockedBy = z.infer<typeof BlockedBy>;

export const NextDose = z
  .strictObject({
    at: Timestamp,
    volume_ml: z.number(),
    schedule_id: EntityId.nullable().meta({ description: 'null of a weekly plan' }),
    held_up_by: BlockedBy.nullable().meta({
      description: 'What would keep this dose from being given, as things stand',
    }),
  })
  .meta({ id: 'NextDose' });

export const Pump = z
  .strictObject({
    id: EntityId,
    name: z.string(),
    emulated: z.boolean(),
    enabled: z.boolean(),
    state: PumpStateName,
    blocked_by: z.array(BlockedBy).meta({ description: 'Why it would not dose now; empty if it would' }),
    hardware: PumpHardware,
    mutex_group: EntityId.nullable(),
    limits: PumpLimits,
    max_rate_ml_min: z.number(),
    min_dose_ml: z.number(),
    rate_range_ml_min: z
      .strictObject({ slowest: z.number(), comfortable: z.number(), fastest: z.number() })
      .nullable()
      .meta({ description: 'From the active calibration; null without one' }),
    remaining_ml: z
      .strictObject({ hour: z.number(), day: z.number(), week: z.number() })
      .meta({ description: 'What the caps leave now, ml' }),
    dosed_ml: z.strictObject({ hour: z.number(), day: z.number(), week: z.number() }),
    container: z.strictObject({
      id: EntityId,
      product: z.string(),
      capacity_ml: z.number(),
      level_ml: z.number().meta({ description: 'As booked' }),
      low_ml: z.number(),
      empty_ml: z.number(),
      state: ContainerCondition,
      days_left: z.number().nullable(),
    }),
    calibration: z
      .strictObject({
        id: z.string(),
        origin: z.enum(['factory', 'measured', 'entered']),
        created_at: Timestamp,
        error_pct: z.number(),
        points: z.array(z.strictObject({ rpm: z.number(), ml_per_min: z.number() })),
        due: z.string().nullable().meta({ description: 'Why its reminder wants it made anew; null if it does not' }),
      })
      .nullable(),
    current_dose: Dose.nullable(),
    queued: z.int(),
    last_dose: Dose.nullable(),
    next_dose_at: Timestamp.nullable(),
    next_dose: NextDose.nullable().meta({
      description: 'What the calendar asks it for next; null if nothing is planned',
    }),
    fault: BlockedBy.nullable(),
    sensors: z
      .strictObject({
        at: Timestamp,
        encoder_counts: z.number().nullable(),
        enabled: z.boolean().nullable(),
        stalled: z.boolean().nullable(),
        line: z.strictObject({ answered: z.int(), lost: z.int(), discarded_bytes: z.int() }),
      })
      .nullable()
      .meta({ description: 'Latest reading of the resting board and the health of its line; null until there is one' }),
  })
  .meta({ id: 'Pump' });
export type Pump = z.infer<typeof Pump>;

export const PumpList = z.strictObject({ items: z.array(Pump) });

/** `POST /api/pumps`: hardware and limits of a pump that was wired up. It needs a calibration before it doses. */
export const NewPump = z
  .strictObject({
    id: EntityId,
    name: z.string().min(1).max(80).optional(),
    hardware: PumpHardware,
    mutex_group: EntityId.nullable().optional().meta({ description: 'Of a relay always `relays`' }),
    limits: PumpLimits,
    max_rate_ml_min: positive('Largest rate, ml/min'),
    min_dose_ml: positive('Smallest dose, ml').optional(),
    container_ml: positive('Capacity of a container of its own, ml').optional(),
    container_id: EntityId.optional().meta({ description: 'Container that it draws from, in place of one of its own' }),
  })
  .meta({ id: 'NewPump' });
export type NewPump = z.infer<typeof NewPump>;

/** `PATCH /api/pumps/{id}`: only what shall change. */
export const PumpPatch = z
  .strictObject({
    name: z.string().min(1).max(80).optional(),
    enabled: z.boolean().optional(),
    mutex_group: EntityId.nullable().optional(),
    limits: PumpLimits.partial().optional(),
    max_rate_ml_min: positive('Largest rate, ml/min').optional(),
    min_dose_ml: positive('Smallest dose, ml').optional(),
  })
  .meta({ id: 'PumpPatch' });
export type PumpPatch = z.infer<typeof PumpPatch>;
