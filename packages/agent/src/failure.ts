import { type DoseFailure, isPeristaError, type PeristaError } from '@perista/core';

export const failureOf = (error: PeristaError): DoseFailure => ({ code: error.code, message: error.message });

export type Attempt<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly failure: DoseFailure };

/** Runs `work`; an operation that failed becomes a value, a bug is thrown on. */
export async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { kind: 'done', value: await work() };
  } catch (thrown) {
    if (isPeristaError(thrown)) return { kind: 'failed', failure: failureOf(thrown) };
    throw thrown;
  }
}
