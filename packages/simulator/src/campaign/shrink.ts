import type { LifeOrder, LifeResult } from './live.ts';

/**
 * The same world with as few fault classes as still break the same rule. Each class has dice of its own, so leaving one
 * out leaves the others as they were, until the world goes another way.
 */
export async function shrink(
  failed: LifeResult,
  liveAgain: (order: LifeOrder) => Promise<LifeResult>,
): Promise<LifeResult> {
  let least = failed;
  for (const name of failed.faults) {
    const faults = least.faults.filter((other) => other !== name);
    const result = await liveAgain({ seed: least.seed, days: least.days, faults });
    if (result.violation?.invariant === failed.violation?.invariant) least = result;
  }
  return least;
}
