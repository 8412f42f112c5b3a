import type { Invariant } from '../invariant.ts';

export const noBug: Invariant = {
  id: 'B1',
  rule: 'no process meets a state that its code holds for impossible',
  begin: () => ({ bug: ({ process, message }) => `${process}: ${message}` }),
};
