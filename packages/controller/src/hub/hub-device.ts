import type { Cancel, Clock, Log } from '@perista/core';
import type { Dose, LogEvent } from '@perista/protocol/api';
import type { UpTopicName } from '@perista/protocol/fleet';
import { tolerant } from '../background.ts';
import type { BusTopics } from '../events/event-bus.ts';
import type { Arrival, MqttBroker } from '../mqtt/mqtt-port.ts';
import type { ControllerServices } from '../services.ts';
import { HubDesk } from './hub-desk.ts';
import { HubLine } from './hub-line.ts';
import type { HubOrderStore } from './hub-order-store.ts';

export interface HubDevicePorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly broker: MqttBroker;
  readonly services: Pick<ControllerServices, 'doses' | 'pumps' | 'stops'>;
  readonly orders: HubOrderStore;
  readonly version: string;
  readonly isClockTrusted: () => boolean;
}

interface Identity {
  readonly pumpId: string;
  readonly deviceId: string;
  readonly boot: number;
}

type Progress = BusTopics['dose-progress'];

const STATUS_MS = 5_000;
const PROGRESS_MS = 1_000;
const OVER: ReadonlySet<string> = new Set(['dose_settled', 'dose_missed', 'dose_refused']);

/** One pump of ours as a hub sees it: a remote device whose infusions are doses. */
export class HubDevice {
  readonly #ports: HubDevicePorts;
  readonly #identity: Identity;
  readonly #line: HubLine;
  readonly #desk: HubDesk;
  /** The dose that moves. */
  #running: Dose | null = null;
  #lastResult: object | null = null;
  readonly #alarms = new Map<string, { readonly alarmId: string; readonly code: string }>();
  #progressMs = Number.NEGATIVE_INFINITY;
  #cancelStatus: Cancel = () => {};

  constructor(ports: HubDevicePorts, identity: Identity) {
    this.#ports = ports;
    this.#identity = identity;
    const { pumpId, deviceId, boot } = identity;
    const tell = (name: UpTopicName, body: object) => this.#line.tell(name, body);
    const isRunning = () => this.#running !== null;
    this.#desk = new HubDesk({ ...ports, pumpId, tell, isRunning, tellStatus: () => this.#tellStatus() });
    const onArrival = (arrival: Arrival) => this.#tolerant(() => this.#desk.take(arrival));
    this.#line = new HubLine(ports, { deviceId, boot, onArrival, onUp: () => this.#tellStatus() });
  }

  get isUp(): boolean {
    return this.#line.isUp;
  }

  /** As the ledger has it, whatever happened before. */
  start(): void {
    this.#tolerant(() => {
      const { current_dose, last_dose, fault } = this.#ports.services.pumps.get(this.#identity.pumpId);
      this.#running = current_dose?.state === 'running' ? current_dose : null;
      this.#lastResult = last_dose === null ? null : this.#resultOf(last_dose);
      if (fault !== null) this.#alarms.set(fault.code, { alarmId: fault.code, code: fault.code });
      this.#desk.catchUp();
    });
    this.#line.start();
    this.#statusLater();
  }

  stop(): Promise<void> {
    this.#cancelStatus();
    return this.#line.stop();
  }

  onEvent({ kind, dose_id: doseId, data }: LogEvent): void {
    this.#tolerant(() => {
      if (doseId !== null && kind === 'dose_started') this.#begun(this.#ports.services.doses.get(doseId));
      if (doseId !== null && OVER.has(kind)) this.#over(this.#ports.services.doses.get(doseId));
      if (kind === 'pump_fault') this.#raise(String(data.code), String(data.message));
      if (kind === 'pump_released') this.#clear();
    });
  }

  onProgress({ doseId, progress: { delivered_ml, remaining_s } }: Progress): void {
    const dose = this.#running;
    const nowMs = this.#ports.clock.monotonicMs();
    if (dose?.dose_id !== doseId || nowMs < this.#progressMs + PROGRESS_MS) return;
    this.#progressMs = nowMs;
    const { requested_ml, duration_s } = dose;
    this.#line.tell('progress', {
      ...{ infusionId: this.#infusionOf(dose), state: 'running', deliveredVolumeMl: delivered_ml },
      flowRateMlMin: duration_s ? (requested_ml / duration_s) * 60 : 0,
      volumeRemainingMl: Math.max(0, requested_ml - delivered_ml),
      timeRemainingMin: remaining_s / 60,
      progressPercent: Math.min(100, (delivered_ml / requested_ml) * 100),
    });
  }

  #begun(dose: Dose): void {
    this.#running = dose;
    this.#desk.begun(dose);
    this.#tellStatus();
  }

  #over(dose: Dose): void {
    const hasMoved = dose.started_at !== null || dose.hi_ml > 0;
    if (this.#running?.dose_id === dose.dose_id) this.#running = null;
    this.#desk.over(dose);
    if (hasMoved) this.#tellEnd(dose);
    this.#tellStatus();
    if (this.#running === null) this.#desk.rested();
  }

  /** What nobody knows is told as just that, and as no result. */
  #tellEnd(dose: Dose) {
    const result = this.#resultOf(dose);
    this.#lastResult = result;
    if (result !== null)
      return this.#line.tell('completion', { ...result, ...(dose.reason && { reason: dose.reason }) });
    const message = `Between ${dose.lo_ml} and ${dose.hi_ml} ml were given. ${dose.reason ?? ''}`.trim();
    this.#line.tell('error', { code: 'DOSE_UNCERTAIN', severity: 'high', message });
  }

  #resultOf(dose: Dose): object | null {
    if (dose.state === 'uncertain') return null;
    const end = dose.state === 'done' ? 'completed' : 'stopped';
    return { infusionId: this.#infusionOf(dose), end, deliveredVolumeMl: dose.delivered_ml ?? dose.lo_ml };
  }

  /** A dose that was begun here has no other name than its own. */
  #infusionOf({ dose_id }: Dose): string {
    return this.#ports.orders.ofDose(dose_id)?.infusionId ?? dose_id;
  }

  #raise(code: string, message: string): void {
    this.#alarms.set(code, { alarmId: code, code });
    this.#line.tell('error', { alarmId: code, code, severity: 'high', message, phase: 'start' });
    this.#tellStatus();
  }

  #clear(): void {
    for (const { alarmId, code } of this.#alarms.values()) this.#line.tell('error', { alarmId, code, phase: 'end' });
    this.#alarms.clear();
    this.#tellStatus();
  }

  #tellStatus(): void {
    this.#line.tell('status', {
      status: this.#running === null ? 'idle' : 'running',
      activeInfusionId: this.#running === null ? null : this.#infusionOf(this.#running),
      alarms: [...this.#alarms.values()],
      firmwareVersion: `perista ${this.#ports.version}`,
      periodS: STATUS_MS / 1_000,
      lastResult: this.#lastResult,
    });
  }

  #statusLater(): void {
    this.#cancelStatus = this.#ports.clock.after(STATUS_MS, () => {
      this.#statusLater();
      this.#tolerant(() => this.#tellStatus());
    });
  }

  #tolerant(work: () => void): void {
    tolerant(this.#ports.log, `tell the hub of pump ${this.#identity.pumpId}`, work);
  }
}
