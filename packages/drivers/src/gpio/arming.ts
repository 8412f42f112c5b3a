import { PeristaError } from '@perista/core';
import type { OpenRelayLines } from '../relay/relay-lines.ts';

/** What the operating system does with the lines of a process that died. */
export interface OutputKeeping {
  /** The module of the kernel that leaves outputs as last driven; null where the pins go back to inputs. */
  readonly keptBy: string | null;
  /** The commands that the service runs when it has stopped, however it did; empty without a service. */
  readonly stopHooks: string;
}

/**
 * Takes lines only where nothing stays on when all of Perista is killed at once: the kernel lets the pins go, or the service
 * has a hook that turns off these very lines. Rejects with PeristaError E110 and the reason.
 */
export function armedOnly(
  address: string,
  openLines: OpenRelayLines,
  readKeeping: () => OutputKeeping,
): OpenRelayLines {
  return async () => {
    const { keptBy, stopHooks } = readKeeping();
    const hook = `guard ${address} off`;
    if (keptBy !== null && !stopHooks.includes(hook)) {
      const why = `the kernel (${keptBy}) keeps a relay on when its process is killed`;
      const remedy = `set dtparam=strict_gpiod, or give the service ExecStopPost=perista ${hook}`;
      throw new PeristaError('E110', `The relays are not armed: ${why}; ${remedy}`);
    }
    return openLines();
  };
}
