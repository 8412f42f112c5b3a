import { isPeristaError, type Log } from '@perista/core';
import { failureFields } from './log-fields.ts';

/** Lets `work` go on unattended. An operation that fails is logged; a bug is an unhandled rejection and ends the process. */
export function inBackground(log: Log, what: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    if (!isPeristaError(error)) throw error;
    // That the agent is away is told once, by the link itself.
    const isTold = isPeristaError(error, 'E201', 'E203');
    log[isTold ? 'debug' : 'warn'](failureFields(error), `could not ${what}`);
  });
}

/** Does what will come again if it fails now, such as news that the agent repeats: a failure is logged and no more. */
export function tolerant(log: Log, what: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isPeristaError(error)) throw error;
    log.error(failureFields(error), `could not ${what}`);
  }
}
