import { ERRORS, type ErrorCode } from './catalogue.ts';

/** Facts of the case, for logs and callers; never secrets. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

/** An operation failed. The code says what; callers decide by code, never by text. */
export class PeristaError extends Error {
  override readonly name = 'PeristaError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  /** `message` is the whole sentence for a person; without it, the catalogue's title stands. */
  constructor(code: ErrorCode, message?: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message ?? ERRORS[code].title, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** Whether `thrown` is a {@link PeristaError}, with one of `codes` if any are given. */
export function isPeristaError(thrown: unknown, ...codes: ErrorCode[]): thrown is PeristaError {
  return thrown instanceof PeristaError && (codes.length === 0 || codes.includes(thrown.code));
}

/** Our own bug: what must hold does not. The process makes its pumps safe and exits. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Throws {@link AssertionError} with `invariant` as its words unless `condition` holds. */
export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new AssertionError(invariant);
}
