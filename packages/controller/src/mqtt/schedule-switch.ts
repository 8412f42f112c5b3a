import { isPeristaError, PeristaError } from '@perista/core';
import type { Pump } from '@perista/protocol/api';
import type { ControllerServices } from '../services.ts';
import { MQTT_ACTOR } from './mqtt-actor.ts';
import type { SettingStore } from './setting-store.ts';

export interface ScheduleSwitchPorts {
  readonly services: Pick<ControllerServices, 'pumps' | 'schedules' | 'dosingUnit'>;
  readonly settings: Pick<SettingStore, 'paused' | 'setPaused'>;
}

/** A schedule of a pump, or its weekly plan. */
interface Part {
  readonly id: string;
  readonly isOn: boolean;
  turn(isOn: boolean): void;
}

const WEEKLY_PLAN = 'weekly-plan';

/**
 * All that doses a pump by the calendar, behind one switch. OFF switches off what is on and remembers it; ON switches
 * on that again and nothing else, for what a person had switched off before may be there for another season.
 */
export class ScheduleSwitch {
  readonly #ports: ScheduleSwitchPorts;

  constructor(ports: ScheduleSwitchPorts) {
    this.#ports = ports;
  }

  isOn(pump: Pump): boolean {
    return this.#parts(pump).some(({ isOn }) => isOn);
  }

  /** @throws PeristaError what a service says of a part; all others are switched off */
  turnOff(pumpId: string): void {
    const { services, settings } = this.#ports;
    const parts = this.#parts(services.pumps.get(pumpId)).filter(({ isOn }) => isOn);
    if (parts.length === 0) return;
    settings.setPaused(
      pumpId,
      parts.map(({ id }) => id),
    );
    turnAll(parts, false);
  }

  /** @throws PeristaError E406 if nobody can tell what is meant, and what a service says of a part; all others are switched on */
  turnOn(pumpId: string): void {
    const { services, settings } = this.#ports;
    const all = this.#parts(services.pumps.get(pumpId));
    if (all.some(({ isOn }) => isOn)) return;
    const paused = settings.paused(pumpId);
    const remembered = all.filter(({ id }) => paused.includes(id));
    const parts = remembered.length === 0 && all.length === 1 ? all : remembered;
    if (parts.length === 0) throw new PeristaError('E406', `Not switched on: ${whyNone(all.length)}`);
    turnAll(parts, true);
  }

  #parts({ id: pumpId, hardware }: Pump): Part[] {
    const { schedules, dosingUnit } = this.#ports.services;
    const parts = schedules
      .list()
      .filter(({ pump_id }) => pump_id === pumpId)
      .map(({ id, enabled }) => ({
        id,
        isOn: enabled,
        turn: (isOn: boolean) => void schedules.update(id, { enabled: isOn }, MQTT_ACTOR),
      }));
    if (hardware.kind !== 'relay') return parts;
    const channel = dosingUnit.config().channels.find(({ id }) => id === hardware.channel);
    if (channel === undefined || (!channel.enabled && channel.weekly_dosing_value === 0)) return parts;
    const turn = (enabled: boolean) => void dosingUnit.configure([{ id: hardware.channel, enabled }], MQTT_ACTOR);
    return [...parts, { id: WEEKLY_PLAN, isOn: channel.enabled, turn }];
  }
}

const whyNone = (count: number): string =>
  count === 0
    ? 'this pump has no schedule and no weekly plan; make one at the unit first'
    : `all ${count} schedules and plans of this pump were switched off at the unit; switch on there what shall dose`;

/** @throws PeristaError the first that a part met */
function turnAll(parts: readonly Part[], isOn: boolean): void {
  const failures = parts.flatMap((part) => {
    try {
      part.turn(isOn);
      return [];
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      return [error];
    }
  });
  if (failures[0] !== undefined) throw failures[0];
}
