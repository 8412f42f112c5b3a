import { ERRORS, PeristaError } from '@perista/core';
import type { Problem } from '@perista/protocol/api';

export type FieldError = NonNullable<Problem['errors']>[number];

/** E402 with every wrong field. */
export class WrongFields extends PeristaError {
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    super('E402', `${ERRORS.E402.title}: ${errors.map(sentence).join('; ')}`);
    this.errors = errors;
  }
}

function sentence({ path, message }: FieldError): string {
  return path === '' ? `the body ${message}` : `${path} ${message}`;
}
