import { type Clock, sleep } from '@perista/core';
import { Health } from '@perista/protocol/api';

const POLL_MS = 100;

/** What ails only the news that the unit sends: a unit with it doses, and waiting does not help. */
const BESIDE = /^E309\b/;

/** Whether a unit does what it is for. */
export const isReady = ({ status, reasons }: Health): boolean =>
  status === 'ok' || reasons.every((reason) => BESIDE.test(reason));

/** Asks `GET /api/health` until the unit is ready, or until `limitMs`; gives the last answer, or undefined if there was none. */
export async function awaitHealth(
  url: string,
  { clock, limitMs, isOver }: { clock: Clock; limitMs: number; isOver: () => boolean },
): Promise<Health | undefined> {
  const deadlineMs = clock.monotonicMs() + limitMs;
  let last: Health | undefined;
  while (!(last && isReady(last)) && clock.monotonicMs() < deadlineMs && !isOver()) {
    if (last) await sleep(clock, POLL_MS);
    last = (await ask(url)) ?? last;
    if (!last) await sleep(clock, POLL_MS);
  }
  return last;
}

async function ask(url: string): Promise<Health | undefined> {
  try {
    const reply = await fetch(new URL('/api/health', url), { signal: AbortSignal.timeout(2_000) });
    return Health.safeParse(await reply.json()).data;
  } catch {
    return undefined;
  }
}
