const MOST_HZ = 50;
const MOST_DEVICES = 5_000;

/** @throws Error naming the option, its rule and the value. */
export function readRate(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= MOST_HZ) return value;
  throw new Error(`--rate-hz must be above 0 and at most ${MOST_HZ}, not "${text}"`);
}

/** @throws Error naming the option, its rule and the value. */
export function readCount(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= MOST_DEVICES) return value;
  throw new Error(`--count must be a whole number from 1 to ${MOST_DEVICES}, not "${text}"`);
}
