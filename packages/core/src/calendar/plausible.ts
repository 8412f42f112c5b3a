const FIRST_MS = Date.UTC(2024, 0);
const END_MS = Date.UTC(2100, 0);

/** Whether a clock that shows this, ms since 1970, shows a year in which a unit can live (P20). */
export const isPlausible = (wallMs: number): boolean => wallMs >= FIRST_MS && wallMs < END_MS;
