import { refusals } from '@perista/core';
import { PumpPatch } from '@perista/protocol/api';
import { type IncomingTopic, MqttVolume } from '@perista/protocol/mqtt';
import { z } from 'zod';
import type { ControllerServices } from '../services.ts';
import { MQTT_ACTOR } from './mqtt-actor.ts';
import type { Arrival } from './mqtt-port.ts';
import { blank, nothing, type Reply, readPayload, refused } from './reply.ts';
import type { ScheduleSwitch } from './schedule-switch.ts';
import type { SettingStore } from './setting-store.ts';

export interface SettingDoorPorts {
  readonly services: Pick<ControllerServices, 'pumps'>;
  readonly settings: Pick<SettingStore, 'setVolumeMl'>;
  readonly scheduleSwitch: Pick<ScheduleSwitch, 'turnOn' | 'turnOff'>;
}

type Setting = Extract<IncomingTopic['name'], 'volume' | 'schedule' | 'dailyLimit'>;

/** Takes settings of a pump over MQTT. One that arrives twice says the same twice. */
export class SettingDoor {
  readonly #ports: SettingDoorPorts;

  constructor(ports: SettingDoorPorts) {
    this.#ports = ports;
  }

  /** @throws PeristaError what the service behind a setting does, for what cannot be read, and for a database that is away */
  take(name: Setting, topic: IncomingTopic, { bytes, retain }: Arrival): Reply {
    if (bytes.length === 0) return nothing;
    const pumpId = topic.pumpId ?? '';
    if (retain) return refused(topic, null, { code: 'E406', msg: RETAINED });
    this.#ports.services.pumps.get(pumpId);
    const trouble = this.#settings[name](pumpId, bytes);
    if (trouble !== null) return refused(topic, null, trouble);
    return { result: { ...blank(topic, null), result: 'accepted' }, error: null };
  }

  readonly #settings: Readonly<Record<Setting, (pumpId: string, bytes: Uint8Array) => Trouble | null>> = {
    volume: (pumpId, bytes) => this.#setVolume(pumpId, bytes),
    dailyLimit: (pumpId, bytes) => this.#setDailyLimit(pumpId, bytes),
    schedule: (pumpId, bytes) => this.#switchSchedule(pumpId, bytes),
  };

  /** A volume that the pump would never dose is not kept. */
  #setVolume(pumpId: string, bytes: Uint8Array): Trouble | null {
    const read = readPayload(MqttVolume, bytes);
    if ('msg' in read) return read;
    const { limits, min_dose_ml: leastMl } = this.#ports.services.pumps.get(pumpId);
    const { value: volumeMl } = read;
    const refusal =
      volumeMl > limits.single_ml
        ? refusals.singleDoseLimit(volumeMl, limits.single_ml)
        : volumeMl < leastMl
          ? refusals.tooSmall(volumeMl, leastMl)
          : null;
    if (refusal !== null) return { code: refusal.code, msg: refusal.sentence };
    this.#ports.settings.setVolumeMl(pumpId, volumeMl);
    return null;
  }

  #setDailyLimit(pumpId: string, bytes: Uint8Array): Trouble | null {
    const read = readPayload(DailyLimit, bytes);
    if ('msg' in read) return read;
    this.#ports.services.pumps.update(pumpId, read.value, MQTT_ACTOR);
    return null;
  }

  #switchSchedule(pumpId: string, bytes: Uint8Array): Trouble | null {
    const { scheduleSwitch } = this.#ports;
    const word = new TextDecoder().decode(bytes.subarray(0, LONGEST_WORD));
    if (word === 'ON') scheduleSwitch.turnOn(pumpId);
    else if (word === 'OFF') scheduleSwitch.turnOff(pumpId);
    else return { code: 'E402', msg: `The switch must be ON or OFF, is ${JSON.stringify(word)}` };
    return null;
  }
}

type Trouble = Exclude<ReturnType<typeof readPayload>, { readonly value: unknown }>;

const RETAINED = 'Not set: the message was retained by the broker: it would be obeyed anew at each connection';
const LONGEST_WORD = 40;

/** The day cap as `PATCH /api/pumps/{id}` takes it. */
const DailyLimit = z.preprocess((value) => ({ limits: { day_ml: value } }), PumpPatch);
