import { type Clock, isPeristaError, type PeristaError, sleep } from '@perista/core';
import type { Position, PumpDriver } from '@perista/drivers';

/** For so long stop is repeated while standstill cannot be seen; any chunk is over by then. */
const PROOF_LIMIT_MS = 10_000;
const RETRY_MS = 200;

export type StopProof =
  | { readonly kind: 'at-rest'; readonly position: Position }
  | { readonly kind: 'unproven'; readonly error: PeristaError };

/** Sends stop at once; what one try could see. */
export async function tryStop(driver: PumpDriver): Promise<StopProof> {
  try {
    return { kind: 'at-rest', position: await driver.stop() };
  } catch (error) {
    if (isPeristaError(error)) return { kind: 'unproven', error };
    throw error;
  }
}

/** Sends stop at once and again until standstill was seen or the limit is over; `onUnproven` hears of each failed try. */
export async function stopUntilProven(
  driver: PumpDriver,
  clock: Clock,
  onUnproven: (error: PeristaError) => void,
): Promise<StopProof> {
  const giveUpAtMs = clock.monotonicMs() + PROOF_LIMIT_MS;
  for (;;) {
    const proof = await tryStop(driver);
    if (proof.kind === 'at-rest') return proof;
    onUnproven(proof.error);
    if (clock.monotonicMs() + RETRY_MS > giveUpAtMs) return proof;
    await sleep(clock, RETRY_MS);
  }
}
