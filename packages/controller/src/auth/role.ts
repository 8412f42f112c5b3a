import type { Role } from '@perista/protocol/api';

const RANK: Readonly<Record<Role, number>> = { viewer: 1, operator: 2, admin: 3 };

/** Whether `role` includes what `needed` may do. */
export function mayAct(role: Role, needed: Role): boolean {
  return RANK[role] >= RANK[needed];
}

/** The one of the two that may do less. */
export function lesserRole(a: Role, b: Role): Role {
  return mayAct(a, b) ? b : a;
}
