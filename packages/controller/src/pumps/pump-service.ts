import { type Clock, PeristaError } from '@perista/core';
import type { NewPump, Pump, PumpHardware, PumpLimits, PumpPatch } from '@perista/protocol/api';
import type { AgentClient } from '../agent-link/agent-client.ts';
import type { DoseWithdrawal } from '../dosing/dose-withdrawal.ts';
import type { Actor, EventLog, Pumps } from '../services.ts';
import type { Store } from '../store/store.ts';
import { enterPump, groupOf, type NewPumpPorts } from './new-pump.ts';
import { pumpFacts } from './pump-facts.ts';
import type { PumpRecord } from './pump-row.ts';
import { type PumpViewPorts, pumpView } from './pump-view.ts';

export interface PumpServicePorts extends PumpViewPorts, NewPumpPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: Pick<EventLog, 'append'>;
  readonly withdrawal: DoseWithdrawal;
  readonly agent: PumpViewPorts['agent'] & Pick<AgentClient, 'clearFault'>;
  /** Something may start now, or be missed. */
  readonly wake: () => void;
}

export class PumpService implements Pumps {
  readonly #ports: PumpServicePorts;

  constructor(ports: PumpServicePorts) {
    this.#ports = ports;
  }

  list(): Pump[] {
    const pumps = this.#ports.pumps.list();
    const facts = pumpFacts(this.#ports, pumps);
    return pumps.map((pump) => pumpView(this.#ports, facts, pump));
  }

  get(pumpId: string): Pump {
    const pump = this.#ports.pumps.get(pumpId);
    return pumpView(this.#ports, pumpFacts(this.#ports, [pump]), pump);
  }

  create(input: NewPump, actor: Actor): Pump {
    const { store, events, clock, wake } = this.#ports;
    store.transaction(() => {
      this.#refuseDouble(input);
      const pump = enterPump(this.#ports, input, actor.name, clock.wallMs());
      events.append({ kind: 'pump_created', pump_id: input.id, actor: actor.name, data: { after: settingsOf(pump) } });
    });
    wake();
    return this.get(input.id);
  }

  update(pumpId: string, patch: PumpPatch, actor: Actor): Pump {
    const { store, pumps, doses, events, withdrawal, wake } = this.#ports;
    store.transaction(() => {
      const pump = pumps.get(pumpId);
      const next = patched(pump, patch);
      const before = differing(pump, next);
      if (Object.keys(before).length === 0) return;
      const open = doses.openOfPump(pumpId);
      if (next.mutexGroup !== pump.mutexGroup && open.length > 0) {
        throw new PeristaError(
          'E406',
          `The group of pump "${pumpId}" cannot change while it has a dose that is not over`,
        );
      }
      pumps.update(next);
      const data = { before, after: differing(next, pump) };
      events.append({ kind: 'pump_changed', pump_id: pumpId, actor: actor.name, data });
      if (!next.enabled) {
        const reason = `The pump was disabled by ${actor.name}.`;
        const waiting = open.filter(({ sent_epoch }) => sent_epoch === null);
        withdrawal.withdraw(waiting, actor.name, { state: 'cancelled', reason, code: 'E431' });
      }
    });
    wake();
    return this.get(pumpId);
  }

  remove(pumpId: string, actor: Actor): void {
    const { store, pumps, doses, events, clock, wake } = this.#ports;
    store.transaction(() => {
      const pump = pumps.get(pumpId);
      if (doses.openOfPump(pumpId).length > 0) {
        throw new PeristaError(
          'E406',
          `Pump "${pumpId}" has a dose that is not over; cancel it before the pump is removed`,
        );
      }
      pumps.markRemoved(pumpId, clock.wallMs());
      events.append({ kind: 'pump_removed', pump_id: pumpId, actor: actor.name, data: { before: settingsOf(pump) } });
    });
    wake();
  }

  /** The agent makes the board safe again before anything is lifted here. */
  async release(pumpId: string, reason: string, actor: Actor): Promise<Pump> {
    const { store, pumps, locks, events, agent, wake } = this.#ports;
    pumps.get(pumpId);
    const fault = locks.fault(pumpId);
    const heldBy = locks.heldBy(pumpId);
    if (fault === undefined && heldBy === undefined) {
      throw new PeristaError('E406', `Pump "${pumpId}" has no fault and is not held; there is nothing to release`);
    }
    if (fault !== undefined) await agent.clearFault(pumpId);
    store.transaction(() => {
      locks.clear(pumpId);
      const data = { reason, fault: fault?.code ?? null, held_by: heldBy ?? null };
      events.append({ kind: 'pump_released', severity: 'warning', pump_id: pumpId, actor: actor.name, data });
    });
    wake();
    return this.get(pumpId);
  }

  #refuseDouble({ id, hardware }: NewPump): void {
    const { pumps } = this.#ports;
    if (pumps.wasUsed(id)) {
      throw new PeristaError('E406', `The id "${id}" belongs to a pump that exists or existed; choose another one`);
    }
    const place = placeOf(hardware);
    const twin = pumps.list().find((pump) => placeOf(pump.hardware) === place);
    if (twin !== undefined) throw new PeristaError('E406', `Pump "${twin.pumpId}" already uses ${place}`);
  }
}

/** What a pump occupies, in words that no other place has. */
const placeOf = (hardware: PumpHardware): string =>
  hardware.kind === 'relay'
    ? `relay ${hardware.channel}`
    : `board 0x${hardware.address.toString(16).toUpperCase()} on line "${hardware.line}"`;

const patched = (pump: PumpRecord, patch: PumpPatch): PumpRecord => ({
  ...pump,
  name: patch.name ?? pump.name,
  enabled: patch.enabled ?? pump.enabled,
  mutexGroup: patch.mutex_group === undefined ? pump.mutexGroup : groupOf(pump.hardware, patch.mutex_group),
  limits: mergedLimits(pump.limits, patch.limits ?? {}),
  maxRateMlPerMin: patch.max_rate_ml_min ?? pump.maxRateMlPerMin,
  minDoseMl: patch.min_dose_ml ?? pump.minDoseMl,
});

const mergedLimits = (limits: PumpLimits, patch: NonNullable<PumpPatch['limits']>): PumpLimits => ({
  single_ml: patch.single_ml ?? limits.single_ml,
  duration_s: patch.duration_s ?? limits.duration_s,
  hour_ml: patch.hour_ml ?? limits.hour_ml,
  day_ml: patch.day_ml ?? limits.day_ml,
  week_ml: patch.week_ml ?? limits.week_ml,
});

/** A pump's settings under the names of the API, as events tell them. */
export const settingsOf = (pump: PumpRecord) => ({
  name: pump.name,
  enabled: pump.enabled,
  hardware: { ...pump.hardware },
  mutex_group: pump.mutexGroup,
  limits: { ...pump.limits },
  max_rate_ml_min: pump.maxRateMlPerMin,
  min_dose_ml: pump.minDoseMl,
});

/** The settings of `pump` that `other` has otherwise. */
function differing(pump: PumpRecord, other: PumpRecord): Partial<ReturnType<typeof settingsOf>> {
  const others: Record<string, unknown> = settingsOf(other);
  const entries = Object.entries(settingsOf(pump));
  return Object.fromEntries(entries.filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(others[key])));
}
