import { isInputCode, type Log } from '@perista/core';
import { type AgentState, asErrorCode, PumpActivity } from '@perista/protocol/link';
import { tolerant } from '../background.ts';
import type { RunningDoses } from '../dosing/running-doses.ts';
import type { Settlement } from '../dosing/settlement.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { PumpStore } from '../pumps/pump-store.ts';
import type { UnitConfigSync } from '../pumps/unit-config-sync.ts';
import type { EventLog } from '../services.ts';
import type { StopService } from '../stops/stop-service.ts';
import type { Store } from '../store/store.ts';
import type { AgentPresence } from './agent-presence.ts';

export interface AgentWatchPorts {
  readonly store: Store;
  readonly log: Log;
  readonly bus: EventBus;
  readonly events: Pick<EventLog, 'append'>;
  readonly pumps: PumpStore;
  readonly settlement: Settlement;
  readonly stops: StopService;
  readonly configSync: UnitConfigSync;
  readonly running: RunningDoses;
  /** Something may start now, or be missed. */
  readonly wake: () => void;
}

/** Draws the conclusions from what the agent reports of itself: faults, its latch, its configuration, its absence. */
export class AgentWatch {
  readonly #ports: AgentWatchPorts;
  #wasPresent = false;
  /** What the agent last said of each pump, and of its configuration under ''. */
  readonly #said = new Map<string, string>();
  /** Codes with which inputs block pumps, as far as that was told. */
  readonly #blocked = new Map<string, string>();

  constructor(ports: AgentWatchPorts) {
    this.#ports = ports;
  }

  onPresence(presence: AgentPresence): void {
    const { configSync, running, log } = this.#ports;
    if (presence.kind === 'lost') {
      configSync.onAgentHash(null);
      running.forgetNews();
    }
    tolerant(log, 'record that the agent came or went', () => this.#tellComingAndGoing(presence));
    this.#tellNews(presence);
  }

  /** The next report repeats all of it, so what fails now is only late. */
  onReport(state: AgentState): void {
    this.#ports.configSync.onAgentHash(state.configHash);
    tolerant(this.#ports.log, 'record what the agent reports', () => this.#look(state));
  }

  #look(state: AgentState): void {
    const { pumps, settlement, stops, store, configSync } = this.#ports;
    stops.onAgentLatch(state.emergencyStop);
    for (const { pumpId, activity, faultCode, faultMessage } of state.pumps) {
      this.#tellInputs(pumpId, isInputCode(faultCode) ? { code: faultCode, reason: faultMessage } : null);
      if (activity !== PumpActivity.FAULT || faultCode === '' || pumps.find(pumpId) === undefined) continue;
      const fault = { code: asErrorCode(faultCode), message: faultMessage };
      store.transaction(() => settlement.raiseFault(pumpId, fault, null));
    }
    configSync.syncIfUnsettled();
  }

  #tellInputs(pumpId: string, block: { readonly code: string; readonly reason: string } | null): void {
    const { events, pumps, bus, wake } = this.#ports;
    const told = this.#blocked.get(pumpId);
    if (told === block?.code || pumps.find(pumpId) === undefined) return;
    if (block === null) {
      events.append({ kind: 'input_cleared', pump_id: pumpId, data: { code: told ?? null } });
      this.#blocked.delete(pumpId);
    } else {
      events.append({ kind: 'input_tripped', severity: 'alarm', pump_id: pumpId, data: { ...block } });
      this.#blocked.set(pumpId, block.code);
    }
    bus.publish('pump-state', { pumpId });
    wake();
  }

  /** It repeats each second what has not changed, and to look at a pump costs some queries. */
  #tellNews(presence: AgentPresence): void {
    const { bus } = this.#ports;
    const news =
      presence.kind === 'lost' ? [''] : saidBy(presence.state).flatMap(([about, said]) => this.#note(about, said));
    if (presence.kind === 'lost') this.#said.clear();
    if (news.includes('')) bus.publish('pump-state', { pumpId: null });
    else for (const pumpId of news) bus.publish('pump-state', { pumpId });
  }

  #note(about: string, said: string): string[] {
    if (this.#said.get(about) === said) return [];
    this.#said.set(about, said);
    return [about];
  }

  #tellComingAndGoing(presence: AgentPresence): void {
    const isPresent = presence.kind === 'present';
    if (isPresent === this.#wasPresent) return;
    const { events } = this.#ports;
    if (isPresent) events.append({ kind: 'agent_connected' });
    else events.append({ kind: 'agent_lost', severity: 'warning', data: { reason: presence.reason } });
    this.#wasPresent = isPresent;
  }
}

const saidBy = ({ configHash, pumps }: AgentState): [about: string, said: string][] => [
  ['', configHash],
  ...pumps.map((pump): [string, string] => [pump.pumpId, JSON.stringify(pump)]),
];
