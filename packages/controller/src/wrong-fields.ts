import { ERRORS, type ErrorCode, PeristaError, type Refusal } from '@perista/core';
import type { Problem } from '@perista/protocol/api';

export type FieldError = NonNullable<Problem['errors']>[number];

/** Every wrong field: E402, or a rule's own code. */
export class WrongFields extends PeristaError {
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[], code: ErrorCode = 'E402') {
    super(code, `${ERRORS[code].title}: ${errors.map(sentence).join('; ')}`);
    this.errors = errors;
  }
}

/** A rule of the pump said no to what a request would set: with the fields that it is about. */
export class RefusedFields extends PeristaError {
  readonly refusal: Refusal;
  readonly errors: readonly FieldError[];

  constructor(refusal: Refusal, paths: readonly string[]) {
    super(refusal.code, refusal.sentence);
    this.refusal = refusal;
    this.errors = paths.map((path) => ({ path, message: refusal.sentence }));
  }
}

function sentence({ path, message }: FieldError): string {
  return path === '' ? `the body ${message}` : `${path} ${message}`;
}

/** Tells what is wrong in a part of a body at the place of the part. */
export function within<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RefusedFields)
      throw new RefusedFields(
        error.refusal,
        error.errors.map((each) => `${path}.${each.path}`),
      );
    if (!(error instanceof WrongFields)) throw error;
    throw new WrongFields(error.errors.map((each) => ({ ...each, path: `${path}.${each.path}` })));
  }
}
