/** Whether plans stand as they stood before such an event: neither what becomes of a dose nor who is connected changes them. */
export const leavesPlans = (kind: string): boolean => /^(dose|agent)_/.test(kind);
