import type { Health } from '@perista/protocol/api';
import type { AgentPresence } from '../agent-link/agent-presence.ts';
import type { TimeKeeper } from '../ledger/time-keeper.ts';
import type { PumpLocks } from '../pumps/pump-locks.ts';
import type { HealthReport } from '../services.ts';

export interface HealthPorts {
  readonly locks: PumpLocks;
  readonly agent: { readonly presence: AgentPresence };
  readonly timeKeeper: TimeKeeper;
  /** What is wrong with those that the unit tells, in words; null of each that is well. */
  readonly troubles: () => readonly (string | null)[];
  readonly version: string;
}

/** What is ill with the unit. An emergency stop is a state that somebody chose and not an illness. */
export class HealthService implements HealthReport {
  readonly #ports: HealthPorts;

  constructor(ports: HealthPorts) {
    this.#ports = ports;
  }

  read(): Health {
    const { agent, locks, timeKeeper, troubles, version } = this.#ports;
    const reasons = locks
      .faults()
      .map(({ pumpId, code, message }) => `Pump ${pumpId} has a fault (${code}): ${message}`);
    if (agent.presence.kind === 'lost') reasons.push(`${agent.presence.code}: ${agent.presence.reason}`);
    if (timeKeeper.isFailing) reasons.push('E301: The database cannot be written; no dose can be accepted.');
    reasons.push(...troubles().filter((trouble) => trouble !== null));
    return { status: reasons.length === 0 ? 'ok' : 'degraded', reasons, version };
  }
}
