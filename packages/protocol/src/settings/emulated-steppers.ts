/** Ids of the steppers that emulated hardware has: its process, the first start and the agent must mean the same. */
export const EMULATED_STEPPERS = ['ph-down', 'nutrient-a'] as const;
