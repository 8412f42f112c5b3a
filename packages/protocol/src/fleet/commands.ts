import { z } from 'zod';

export const COMMAND_NAMES = [
  'START_INFUSION',
  'STOP_INFUSION',
  'PAUSE_INFUSION',
  'RESUME_INFUSION',
  'CANCEL',
  'GET_STATE',
  'BACKFILL',
] as const;
export type CommandName = (typeof COMMAND_NAMES)[number];

const amount = z.number().refine((value) => Number.isFinite(value) && value >= 0, 'must be a number from 0');

export const CommandParameters = z.strictObject({
  flowRateMlMin: amount,
  plannedTimeMin: amount,
  plannedVolumeMl: amount,
  bolus: z.strictObject({ enabled: z.boolean(), volumeMl: amount }),
});
export type CommandParameters = z.infer<typeof CommandParameters>;

/** What stands in `payload`, by command. Every command but GET_STATE and BACKFILL is about an infusion. */
export const CommandPayload = z.strictObject({
  ...CommandParameters.partial().shape,
  infusionId: z.string().nullish(),
  /** Of CANCEL: the command that shall not be carried out. */
  commandId: z.string().optional(),
  /** Of BACKFILL: the first and the last message that is missing. */
  boot: z.int().optional(),
  fromSeq: z.int().optional(),
  toSeq: z.int().optional(),
});
export type CommandPayload = z.infer<typeof CommandPayload>;

/** What goes out on `devices/{id}/commands`: never retained; the same id again is the same command. */
export const CommandMessage = z.strictObject({
  v: z.literal(1),
  commandId: z.string(),
  command: z.enum(COMMAND_NAMES),
  payload: CommandPayload,
  /** RFC 3339 UTC, the server's clock. */
  issuedAt: z.string(),
  /** A device that gets it later than this after it was issued refuses it. */
  ttlMs: z.int(),
  actor: z.string(),
});
export type CommandMessage = z.infer<typeof CommandMessage>;
