import type { Invariant } from '../invariant.ts';

export const liveness: Invariant = {
  id: 'L1',
  rule: 'faults over ⇒ within the bound no dose is open and every order is accounted for',
  begin: () => ({ unrest: ({ why }) => why }),
};
