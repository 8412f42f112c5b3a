import {
  ERRORS,
  type ErrorCode,
  isPeristaError,
  type PeristaError,
  type Refusal,
  type RefusalReason,
} from '@perista/core';
import type { DoseRequest, PrimeRequest, Problem } from '@perista/protocol/api';
import type { OrderOutcome } from '../services.ts';
import { RefusedFields, WrongFields } from '../wrong-fields.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** What a caller is told, and what goes with it in the header. */
export interface ProblemAnswer {
  readonly problem: Problem;
  readonly retryAfterS?: number;
}

/** Page with a paragraph per error, served by ourselves: a problem's `type` leads there, without the internet too. */
const ERRORS_PAGE = '/api/errors';

/** A problem of the catalogue. */
export function problemOf(code: ErrorCode, detail: string, more: Partial<Problem> = {}): Problem {
  const { title, status } = ERRORS[code];
  return { type: `${ERRORS_PAGE}#${code}`, title, status, detail, code, ...more };
}

/** Keys of an order that a rule is about; rules about the pump's state name none. */
type RuleKeys<Request> = Partial<Readonly<Record<RefusalReason, readonly (keyof Request)[]>>>;

export const DOSE_KEYS: RuleKeys<DoseRequest> = {
  'rate-too-high': ['volume_ml', 'duration_s'],
  'rate-too-low': ['volume_ml', 'duration_s'],
  'single-dose-limit': ['volume_ml'],
  'duration-limit': ['duration_s'],
  'hour-cap': ['volume_ml'],
  'day-cap': ['volume_ml'],
  'week-cap': ['volume_ml'],
  'too-small': ['volume_ml'],
  container: ['volume_ml'],
};

/** The time is all that one can change about a prime. */
export const PRIME_KEYS: RuleKeys<PrimeRequest> = {
  'single-dose-limit': ['max_s'],
  'duration-limit': ['max_s'],
  'hour-cap': ['max_s'],
  'day-cap': ['max_s'],
  'week-cap': ['max_s'],
  'too-small': ['max_s'],
  container: ['max_s'],
};

/** A run of a calibration: the time is all that its limits leave to change. */
export const RUN_KEYS: RuleKeys<{ readonly duration_s: number; readonly rpm: number }> = {
  'single-dose-limit': ['duration_s'],
  'duration-limit': ['duration_s'],
  'hour-cap': ['duration_s'],
  'day-cap': ['duration_s'],
  'week-cap': ['duration_s'],
  'too-small': ['duration_s'],
  container: ['duration_s'],
};

type KeysOfRules = RuleKeys<Record<string, unknown>>;

/** Why an order was not accepted. */
export function outcomeProblem(outcome: Exclude<OrderOutcome, { kind: 'accepted' }>, keysOf: KeysOfRules): Problem {
  const { doseId } = outcome;
  if (outcome.kind === 'refused') return refusalProblem(outcome.refusal, doseId, keysOf);
  const detail = `This key belongs to dose ${doseId}, which was ordered with another body`;
  return problemOf('E407', detail, { dose_id: doseId });
}

/** A rule said no: which, about what, with limit and value. */
function refusalProblem(refusal: Refusal, doseId: string, keysOf: KeysOfRules): Problem {
  const { code, sentence, reason } = refusal;
  const keys = keysOf[reason];
  return problemOf(code, sentence, {
    ...(keys !== undefined && { errors: keys.map((path) => ({ path, message: sentence })) }),
    ...figuresOf(refusal),
    dose_id: doseId,
  });
}

const figuresOf = ({ reason, limit, value, unit, fastestDurationS }: Refusal): Partial<Problem> => ({
  reason,
  ...(limit !== undefined && { limit }),
  ...(value !== undefined && { value }),
  ...(unit !== undefined && { unit }),
  ...(fastestDurationS !== undefined && { fastest_duration_s: fastestDurationS }),
});

/** Whatever was thrown, as a caller may see it; undefined for what is nobody's business but ours. */
export function problemFrom(thrown: unknown): ProblemAnswer | undefined {
  if (isPeristaError(thrown)) return fromPeristaError(thrown);
  const foreign = FRAMEWORK_ERRORS[frameworkCode(thrown)];
  return foreign && { problem: problemOf(...foreign) };
}

function fromPeristaError(error: PeristaError): ProblemAnswer {
  const isAboutFields = error instanceof WrongFields || error instanceof RefusedFields;
  const errors = isAboutFields ? { errors: [...error.errors] } : {};
  const figures = error instanceof RefusedFields ? figuresOf(error.refusal) : {};
  const { retry_after_s } = error.details;
  return {
    problem: problemOf(error.code, error.message, { ...errors, ...figures }),
    ...(typeof retry_after_s === 'number' && { retryAfterS: retry_after_s }),
  };
}

/** The door's own errors, by Fastify's code. */
const FRAMEWORK_ERRORS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_BAD_URL: ['E404', 'The address is not well formed'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['E410', 'The body may have 65,536 bytes'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['E400', 'The body is shorter or longer than its Content-Length'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['E409', 'Send the body as Content-Type: application/json'],
};

function frameworkCode(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
}
