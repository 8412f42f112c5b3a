/** Tried again after so long, then twice as long each time. */
const FIRST_PAUSE_MS = 1_000;

/** How long to leave a peer alone that has failed so many times in a row, ms. */
export const backOffMs = (failures: number, longestMs: number): number =>
  Math.min(longestMs, FIRST_PAUSE_MS * 2 ** (failures - 1));
