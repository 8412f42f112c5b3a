import type { z } from 'zod';

/** What is wrong first, with its key. */
export const issueInWords = ({ issues: [issue] }: z.ZodError): string =>
  `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is wrong'}`;
