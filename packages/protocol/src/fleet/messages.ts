import { ACK_STAGES } from '@perista/core';
import { z } from 'zod';
import { MAX_BACKFILL_BYTES, MAX_MESSAGE_BYTES, parseBoundedJson } from './bounded-json.ts';
import { issueInWords } from './issue-in-words.ts';
import { DEVICE_TOPICS, type UpTopicName } from './topics.ts';

const finite = z.number().refine((value) => Number.isFinite(value), 'must be a finite number');
const amount = finite.refine((value) => value >= 0, 'must not be negative');
const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const text = z.string().max(512);
const word = z.string().min(1).max(64);
/** Ids that devices make, as they stand in commands and records. */
const id = z.string().regex(/^[A-Za-z0-9._-]{1,128}$/, 'must be 1 to 128 of A–Z, a–z, 0–9, ., _ and -');

/**
 * What a message of ours begins with. `boot` is one more at each start of the device, `seq` one more at each message; `ts` is the
 * device's own clock and only advice, `tq` says how far it trusts it. Plain messages have none of it.
 */
const Header = {
  v: z.literal(1).optional(),
  boot: count.optional(),
  seq: count.optional(),
  ts: z.union([z.string().max(40), finite]).optional(),
  tq: z.union([word, finite]).optional(),
};

/** Keys that are not named here are handed on to viewers and mean nothing to the server. */
const message = <Shape extends z.ZodRawShape>(shape: Shape) => z.looseObject({ ...Header, ...shape });

export const ProgressFields = {
  infusionId: id.nullish(),
  state: word.optional(),
  flowRateMlMin: amount.optional(),
  deliveredVolumeMl: amount.optional(),
  volumeRemainingMl: amount.optional(),
  timeRemainingMin: amount.optional(),
  progressPercent: amount.optional(),
  batteryLevel: amount.optional(),
};

const Bolus = z.looseObject({ enabled: z.boolean(), volumeMl: amount });
export const EchoedParameters = z.looseObject({
  flowRateMlMin: amount.optional(),
  plannedTimeMin: amount.optional(),
  plannedVolumeMl: amount.optional(),
  bolus: Bolus.optional(),
});

/** What a device knows of an infusion that is over. */
const LastResult = z.looseObject({
  infusionId: id,
  end: z.enum(['completed', 'stopped']),
  deliveredVolumeMl: amount,
});

const SCHEMAS = {
  progress: message(ProgressFields),
  status: message({
    status: word.optional(),
    activeInfusionId: id.nullish(),
    alarms: z.array(z.unknown()).max(64).optional(),
    firmwareVersion: text.optional(),
    batteryLevel: amount.optional(),
    /** Seconds between two of its messages at present, as the device intends. */
    periodS: amount.optional(),
    /** One more at each connection: a last will of an older one comes too late. */
    session: count.optional(),
    lastResult: LastResult.nullish(),
  }),
  error: message({
    alarmId: id.optional(),
    type: text.optional(),
    code: z.union([text, finite]).optional(),
    severity: word.optional(),
    message: text.optional(),
    phase: z.enum(['start', 'end']).optional(),
  }),
  infusion: message({
    commandId: id.nullish(),
    infusionId: id.nullish(),
    confirmed: z.boolean().optional(),
    reason: text.optional(),
    parameters: EchoedParameters.optional(),
  }),
  completion: message({
    infusionId: id.nullish(),
    end: z.enum(['completed', 'stopped']).optional(),
    deliveredVolumeMl: amount.optional(),
    reason: text.optional(),
  }),
  /** Somebody pressed something at the device. */
  actions: message({ action: word, infusionId: id.nullish(), detail: text.optional() }),
  ack: message({ commandId: id, stage: z.enum(ACK_STAGES), reason: text.optional(), infusionId: id.nullish() }),
  backfill: message({
    fromSeq: count,
    toSeq: count,
    samples: z
      .array(z.looseObject({ boot: count, seq: count, ageMs: amount.optional(), ...ProgressFields }))
      .max(1_000),
  }),
} as const satisfies Record<UpTopicName, z.ZodType>;

type Parsed<Name extends UpTopicName> = z.infer<(typeof SCHEMAS)[Name]>;

/** `v1` numbers its messages and starts; `v0` is a plain payload without a header. */
export type Dialect = 'v0' | 'v1';

/** One message of a device as it was understood: `body` is the device's own object, whole. */
export type DeviceMessage = {
  [Name in UpTopicName]: {
    readonly name: Name;
    readonly body: Parsed<Name>;
    /** Null: a plain payload. */
    readonly header: { readonly boot: number; readonly seq: number } | null;
  };
}[UpTopicName];

export type MessageOf<Name extends UpTopicName> = Extract<DeviceMessage, { name: Name }>;

export type ParsedMessage =
  | { readonly ok: true; readonly message: DeviceMessage }
  | { readonly ok: false; readonly reason: string };

/** Reads a device's message: a plain payload, or one with our header. What is wrong is refused whole, with the key. */
export function parseDeviceMessage(name: UpTopicName, bytes: Uint8Array): ParsedMessage {
  const json = parseBoundedJson(bytes, name === 'backfill' ? MAX_BACKFILL_BYTES : MAX_MESSAGE_BYTES);
  if (!json.ok) return json;
  const parsed = SCHEMAS[name].safeParse(json.value);
  if (!parsed.success) return { ok: false, reason: issueInWords(parsed.error) };
  const { v, boot, seq } = parsed.data;
  if (v === undefined) return told(name, parsed.data, null);
  if (boot === undefined || seq === undefined)
    return { ok: false, reason: 'v: a message of version 1 has boot and seq' };
  return told(name, parsed.data, { boot, seq });
}

function told(name: UpTopicName, body: unknown, header: DeviceMessage['header']): ParsedMessage {
  // The schema of this very name has just passed it.
  return { ok: true, message: { name, body, header } as DeviceMessage };
}

/** Whether a retained message on the topic means anything: a retained event is never an event. */
export const mayBeRetained = (name: UpTopicName): boolean => DEVICE_TOPICS[name].retain;
