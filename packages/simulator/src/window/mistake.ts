import type { z } from 'zod';

/** A mistake in a request, with the key it is about. */
export interface Mistake {
  readonly path: string;
  readonly message: string;
}

export function mistakesOf(issue: z.core.$ZodIssue): Mistake[] {
  const keys = issue.code === 'unrecognized_keys' ? issue.keys : null;
  if (keys === null) return [{ path: issue.path.join('.') || '(body)', message: issue.message }];
  return keys.map((key) => ({ path: [...issue.path, key].join('.'), message: 'is not a known key' }));
}
