import { isPeristaError, type Log } from '@perista/core';
import type { AgentClient } from '../agent-link/agent-client.ts';
import type { DoseRow } from '../ledger/dose-row.ts';
import type { DoseStore } from '../ledger/dose-store.ts';
import { failureFields } from '../log-fields.ts';
import type { PumpRecord } from './pump-row.ts';
import type { PumpStore } from './pump-store.ts';
import { pumpConfigHash, type UnitConfig, unitConfig } from './unit-config.ts';

export interface ConfigSyncPorts {
  readonly log: Log;
  readonly doses: DoseStore;
  readonly pumps: PumpStore;
  readonly agent: Pick<AgentClient, 'isReady' | 'putUnitConfig'>;
  /** A configuration came into force. */
  readonly wake: () => void;
}

/** A configuration, pump by pump. */
interface SeenConfig {
  readonly hash: string;
  readonly pumpHashes: ReadonlySet<string>;
}

/** Hands the pumps' configuration to the agent, which takes one only while no dose runs. */
export class UnitConfigSync {
  readonly #ports: ConfigSyncPorts;
  /** What the agent says it has in force. */
  #hashInForce: string | null = null;
  /** It was compared with what is wanted, and was that. */
  #isSettled = false;
  /** The last one that the agent was seen to have. */
  #seen: SeenConfig | null = null;
  #isPutting = false;

  constructor(ports: ConfigSyncPorts) {
    this.#ports = ports;
  }

  /** Whether the agent has this pump as it is configured now. */
  isInForce(pump: PumpRecord): boolean {
    if (this.#isPutting || this.#hashInForce === null) return false;
    if (this.#seen?.hash !== this.#hashInForce) this.#noteIfInForce();
    return this.#seen?.hash === this.#hashInForce && this.#seen.pumpHashes.has(pumpConfigHash(pump));
  }

  /** Whether running doses of those that are `open` keep the agent from taking this pump as it is configured now. */
  isHeldUp(pump: PumpRecord, open: readonly DoseRow[]): boolean {
    return this.#hashInForce !== null && !this.#isPutting && hasRunning(open) && !this.isInForce(pump);
  }

  /** The agent has told which configuration it has, or (null) is lost. */
  onAgentHash(hash: string | null): void {
    if (hash !== this.#hashInForce) this.#isSettled = false;
    this.#hashInForce = hash;
  }

  /** Hands over what the agent has not taken yet; cheap where that was nothing when it was last looked at. */
  syncIfUnsettled(): void {
    if (!this.#isSettled) this.sync();
  }

  /** Hands over what has changed, as soon as it may. Failures are tried again with the agent's next report. */
  sync(): void {
    const { agent, log } = this.#ports;
    if (!agent.isReady || this.#isPutting || this.#hashInForce === null) return;
    const config = this.#noteIfInForce();
    this.#isSettled = config.hash === this.#hashInForce;
    if (this.#isSettled || hasRunning(this.#ports.doses.open())) return;
    this.#isPutting = true;
    this.#put(config).catch((error: unknown) => {
      if (!isPeristaError(error)) throw error;
      log.warn(failureFields(error), 'the agent did not take the configuration of the pumps');
    });
  }

  async #put(config: UnitConfig): Promise<void> {
    const { agent, pumps, wake } = this.#ports;
    const handedOver = seenConfig(config.hash, pumps.list());
    try {
      await agent.putUnitConfig({ pumps: [...config.pumps], configHash: config.hash });
      this.#hashInForce = config.hash;
      this.#seen = handedOver;
    } finally {
      this.#isPutting = false;
    }
    wake();
  }

  /** What is wanted now. */
  #noteIfInForce(): UnitConfig {
    const pumps = this.#ports.pumps.list();
    const config = unitConfig(pumps);
    const isNews = config.hash === this.#hashInForce && config.hash !== this.#seen?.hash;
    if (isNews) this.#seen = seenConfig(config.hash, pumps);
    return config;
  }
}

const hasRunning = (open: readonly DoseRow[]): boolean => open.some(({ sent_epoch }) => sent_epoch !== null);

const seenConfig = (hash: string, pumps: readonly PumpRecord[]): SeenConfig => ({
  hash,
  pumpHashes: new Set(pumps.map(pumpConfigHash)),
});
