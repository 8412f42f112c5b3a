import type { Invariant } from '../invariant.ts';
import { SECRETS } from '../secrets.ts';

export const noSecret: Invariant = {
  id: 'I22',
  rule: 'no secret in logs, events and addresses',
  begin: () => ({
    logged: ({ text }) => (SECRETS.some((secret) => text.includes(secret)) ? `a secret was written: ${text}` : null),
  }),
};
