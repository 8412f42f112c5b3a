import { type Clock, doseIdFromKey, isPeristaError, type Log, PeristaError } from '@perista/core';
import type { EmergencyStop, StopOutcome } from '@perista/protocol/api';
import type { StopReply } from '@perista/protocol/link';
import type { AgentClient } from '../agent-link/agent-client.ts';
import { inBackground } from '../background.ts';
import type { DoseWithdrawal } from '../dosing/dose-withdrawal.ts';
import type { UnmovedEnd } from '../dosing/settlement.ts';
import type { DoseStore } from '../ledger/dose-store.ts';
import { timestamp } from '../ledger/timestamp.ts';
import { failureFields } from '../log-fields.ts';
import type { PumpStore } from '../pumps/pump-store.ts';
import type { Actor, EventLog, Stops } from '../services.ts';
import type { Store } from '../store/store.ts';
import type { EmergencyLatch } from './emergency-latch.ts';

export interface StopServicePorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly doses: DoseStore;
  readonly pumps: PumpStore;
  readonly events: Pick<EventLog, 'append'>;
  readonly latch: EmergencyLatch;
  readonly withdrawal: DoseWithdrawal;
  readonly agent: Pick<AgentClient, 'stopDose' | 'stopAll' | 'releaseStop'>;
}

/** Stops pass everything: the agent is told first, then it is recorded, and neither waits for the other to succeed. */
export class StopService implements Stops {
  readonly #ports: StopServicePorts;
  /** While a release is under way, the agent may already be free. */
  #releases = 0;
  /** The database does not hold the emergency stop yet. */
  #isUnrecorded = false;

  constructor(ports: StopServicePorts) {
    this.#ports = ports;
  }

  async stopPump(pumpId: string, actor: Actor, key?: string): Promise<StopOutcome> {
    const { store, doses, pumps, withdrawal, agent, events } = this.#ports;
    const stopId = key === undefined ? null : doseIdFromKey({ actor: actor.keyScope ?? actor.name, pumpId, key });
    const stored = stopId === null ? undefined : this.#stored(stopId);
    if (stored !== undefined) return stored;
    pumps.get(pumpId);
    const told = this.#outcome(agent.stopDose(pumpId), [pumpId]);
    const reason = `The pump was stopped by ${actor.name}.`;
    withdrawal.withdraw(doses.openOfPump(pumpId), actor.name, { state: 'cancelled', reason, code: null });
    const outcome = await told;
    store.transaction(() => {
      if (stopId !== null) this.#keep(stopId, outcome);
      const severity = outcome.unproven.length > 0 ? 'alarm' : 'info';
      events.append({ kind: 'pump_stopped', severity, pump_id: pumpId, actor: actor.name, data: { ...outcome } });
    });
    return outcome;
  }

  /** @throws PeristaError E301 if it could not be recorded: the pumps were told and this process stays latched */
  async engage(actor: Actor, reason?: string): Promise<EmergencyStop> {
    const { agent, latch } = this.#ports;
    const told = agent.stopAll();
    const outcome = this.#outcome(told, []);
    const failure = this.#latch(actor.name, reason ?? null);
    const { at_rest, unproven } = await outcome;
    if (failure !== null) throw failure;
    const heardOf = new Set([...at_rest, ...unproven]);
    const unheard = this.#pumpIds().filter((pumpId) => !heardOf.has(pumpId));
    if (latch.isLatched) {
      latch.raise({ ...latch.state, outcome: { at_rest, unproven: [...unproven, ...unheard] } });
      latch.save();
    }
    return latch.state;
  }

  /** @throws PeristaError E201 if the agent cannot be told: it then stays latched on both sides */
  async release(actor: Actor, reason: string): Promise<EmergencyStop> {
    const { store, agent, latch, events, doses, withdrawal } = this.#ports;
    if (!latch.isLatched) throw new PeristaError('E406', 'The emergency stop is not latched');
    const by = latch.state.actor ?? actor.name;
    this.#releases++;
    try {
      await agent.releaseStop();
      store.transaction(() => {
        // Nothing that waited through the stop may start now, even if the stop could not be recorded when it came.
        withdrawal.withdraw(doses.open(), by, cancelledBy(by));
        events.append({ kind: 'emergency_stop_released', severity: 'warning', actor: actor.name, data: { reason } });
        latch.release();
      });
      this.#isUnrecorded = false;
    } finally {
      this.#releases--;
    }
    return latch.state;
  }

  state(): EmergencyStop {
    return this.#ports.latch.state;
  }

  /** The agent says whether it is latched: one that is latches the controller too, one that missed it is told again. */
  onAgentLatch(isAgentLatched: boolean): void {
    const { latch, agent, log } = this.#ports;
    if (this.#isUnrecorded && this.#releases === 0) this.#record();
    if (isAgentLatched === latch.isLatched || this.#releases > 0) return;
    if (!isAgentLatched) {
      inBackground(log, 'tell the agent of the emergency stop', agent.stopAll());
      return;
    }
    const failure = this.#latch('agent', 'The agent holds an emergency stop that was not known here');
    if (failure !== null) log.error(failureFields(failure), 'the emergency stop of the agent is not recorded yet');
  }

  /** Latches at once and then records it; what went wrong with the record is returned, since stops go on regardless. */
  #latch(by: string, reason: string | null): PeristaError | null {
    const { clock, latch, withdrawal } = this.#ports;
    if (!latch.isLatched) {
      latch.raise({ latched: true, since: timestamp(clock.wallMs()), actor: by, reason, outcome: null });
      this.#isUnrecorded = true;
    }
    withdrawal.letAllLapse();
    return this.#record();
  }

  /** Tried again with each report of the agent until the database takes it. */
  #record(): PeristaError | null {
    const { store, doses, events, latch, withdrawal } = this.#ports;
    const { actor, reason } = latch.state;
    const by = actor ?? 'unknown';
    try {
      store.transaction(() => {
        latch.save();
        withdrawal.withdraw(doses.open(), by, cancelledBy(by));
        if (this.#isUnrecorded) {
          events.append({ kind: 'emergency_stop', severity: 'alarm', actor: by, data: { reason } });
        }
      });
      this.#isUnrecorded = false;
      return null;
    } catch (error) {
      if (isPeristaError(error)) return error;
      throw error;
    }
  }

  /** What was seen of `pumpIds`; without an answer of the agent nothing was. */
  async #outcome(told: Promise<StopReply>, pumpIds: readonly string[]): Promise<StopOutcome> {
    try {
      const { atRest, unproven } = await told;
      return { at_rest: atRest, unproven };
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      this.#ports.log.warn(failureFields(error), 'a stop could not be proven');
      return { at_rest: [], unproven: [...pumpIds] };
    }
  }

  #pumpIds(): string[] {
    return this.#ports.pumps.list().map(({ pumpId }) => pumpId);
  }

  #stored(stopId: string): StopOutcome | undefined {
    const row = this.#ports.store.get<{ outcome: string }>('SELECT outcome FROM stop_orders WHERE stop_id = ?', stopId);
    return row === undefined ? undefined : (JSON.parse(row.outcome) as StopOutcome);
  }

  #keep(stopId: string, outcome: StopOutcome): void {
    this.#ports.store.run(
      'INSERT INTO stop_orders (stop_id, at_ms, outcome) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      stopId,
      Math.floor(this.#ports.clock.wallMs()),
      JSON.stringify(outcome),
    );
  }
}

const cancelledBy = (by: string): UnmovedEnd => ({
  state: 'cancelled',
  reason: `The emergency stop was pressed by ${by}.`,
  code: 'E430',
});
