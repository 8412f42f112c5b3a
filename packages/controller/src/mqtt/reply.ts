import type { ErrorCode } from '@perista/core';
import type { ErrorMessage, IncomingTopic, ResultMessage } from '@perista/protocol/mqtt';
import type { z } from 'zod';
import { fieldErrors } from '../http/field-errors.ts';
import { parseStrictJson } from '../http/strict-json.ts';
import type { OrderOutcome } from '../services.ts';
import { WrongFields } from '../wrong-fields.ts';

/** Longest order that is read. */
export const MOST_BYTES = 4_096;

/** What becomes of a message: an answer to an order, a word about what was wrong with it, or neither. */
export interface Reply {
  readonly result: ResultMessage | null;
  readonly error: ErrorMessage | null;
}

interface Wrong {
  readonly code: ErrorCode;
  readonly msg: string;
}

export const nothing: Reply = { result: null, error: null };

/** Settings by the names that they have in topics and answers. */
const SETTINGS = {
  volume: 'volume',
  schedule: 'schedule',
  dailyLimit: 'daily-limit',
} as const satisfies Partial<Record<IncomingTopic['name'], ResultMessage['setting']>>;

const settingOf = ({ name }: IncomingTopic): ResultMessage['setting'] =>
  name in SETTINGS ? SETTINGS[name as keyof typeof SETTINGS] : undefined;

export function blank(topic: IncomingTopic, id: string | null) {
  const setting = settingOf(topic);
  const about = setting === undefined ? {} : { setting };
  return { id, dose_id: null, 'pump-id': topic.pumpId, code: null, reason: null, ...about };
}

export const refused = (topic: IncomingTopic, id: string | null, { code, msg }: Wrong): Reply => ({
  result: { ...blank(topic, id), result: 'refused', code, reason: msg },
  error: { code, msg, 'pump-id': topic.pumpId, id },
});

/** A refusal by a rule stands in the event log, which tells of the error. */
export function answered(topic: IncomingTopic, id: string | null, outcome: OrderOutcome): Reply {
  switch (outcome.kind) {
    case 'accepted': {
      const { state, dose_id } = outcome.answer;
      return { result: { ...blank(topic, id), result: state, dose_id }, error: null };
    }
    case 'refused': {
      const { code, sentence: reason } = outcome.refusal;
      const result = { ...blank(topic, id), result: 'refused', dose_id: outcome.doseId, code, reason } as const;
      return { result, error: null };
    }
    case 'key-reused': {
      const msg = `The id was used for another order, which is dose ${outcome.doseId}`;
      return refused(topic, id, { code: 'E407', msg });
    }
  }
}

/** A payload of JSON by its schema, or what is wrong with it. @throws PeristaError E400 for no JSON, E402 for a key twice */
export function readPayload<T>(schema: z.ZodType<T>, bytes: Uint8Array): { readonly value: T } | Wrong {
  if (bytes.length > MOST_BYTES) {
    return { code: 'E410', msg: `The order has ${bytes.length} bytes; at most ${MOST_BYTES} are read` };
  }
  const parsed = schema.safeParse(parseStrictJson(bytes) ?? null, { reportInput: true });
  if (parsed.success) return { value: parsed.data };
  return { code: 'E402', msg: new WrongFields(fieldErrors(parsed.error)).message };
}
