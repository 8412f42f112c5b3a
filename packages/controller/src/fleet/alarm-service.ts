import { type Clock, type Log, PeristaError, type Random, randomHex } from '@perista/core';
import type { AlarmPriority, AlarmQuery, AlarmState, DeviceAlarm } from '@perista/protocol/api';
import type { Actor, EventLog, PageOf } from '../services.ts';
import type { AlarmKind, AlarmRecord, AlarmSubject } from './alarm-store.ts';
import { type FleetBook, SERVER } from './fleet-book.ts';
import type { DeviceGate } from './fleet-ports.ts';
import { alarmView } from './fleet-views.ts';

export interface AlarmPorts {
  readonly book: FleetBook;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly events: Pick<EventLog, 'append'>;
}

export interface NewAlarm {
  readonly deviceId: string;
  readonly kind: AlarmKind;
  readonly code?: string | null;
  readonly infusionId?: string | null;
  readonly priority: AlarmPriority;
  readonly message: string;
  /** It tells what happened and is over: it is to be seen, and then it is off. */
  readonly isOver?: boolean;
}

/** Living alarms of one device; a device that invents new ones without end shall not fill the disk. */
const MOST_LIVING = 100;

/** States after the cause of an alarm is gone, and after somebody has seen it. What is not here stays as it is. */
const CLEARED: Partial<Record<AlarmState, AlarmState>> = { on: 'latched', acknowledged: 'off' };
const SEEN: Partial<Record<AlarmState, AlarmState>> = { on: 'acknowledged', latched: 'off' };

/**
 * Alarms of devices: on while they hold, latched until somebody has seen them, for as long as that takes. What holds
 * already is not raised again. Those of high priority stand in the event log too, for who is to be told of them.
 */
export class AlarmService {
  readonly #ports: AlarmPorts;

  constructor(ports: AlarmPorts) {
    this.#ports = ports;
  }

  /** @throws PeristaError E301 */
  raise(alarm: NewAlarm): void {
    const { book } = this.#ports;
    book.change(() => {
      const living = book.livingAlarms(alarm.deviceId);
      const same = living.find(isAbout(alarm));
      if (same === undefined) return this.#begin(alarm, living.length);
      if (same.state === 'latched' && !alarm.isOver) this.#comesBack(same, alarm);
    });
  }

  /** The cause of all that fit is gone. @throws PeristaError E301 */
  clear(deviceId: string, fits: (alarm: AlarmSubject) => boolean): void {
    const { book } = this.#ports;
    if (!book.livingAlarms(deviceId).some(fits)) return;
    book.change(() => {
      for (const alarm of book.livingAlarms(deviceId)) if (fits(alarm)) this.#end(alarm);
    });
  }

  /** Somebody has seen it. Doing so again changes nothing. @throws PeristaError E404 */
  acknowledge(alarmId: string, actor: Actor): DeviceAlarm {
    const { book, clock } = this.#ports;
    return book.change(() => {
      const alarm = this.get(alarmId);
      const state = SEEN[alarm.state];
      if (state === undefined) return alarmView(alarm);
      const seen = { acknowledgedAtMs: Math.floor(clock.wallMs()), acknowledgedBy: actor.name };
      this.#change(alarm, { state, ...seen });
      const { deviceId, infusionId } = alarm;
      const outcome = `${alarm.kind}: ${alarm.message}`;
      book.note({ deviceId, actor: actor.name, source: 'user', action: 'alarm_acknowledged', outcome, infusionId });
      return alarmView(this.get(alarmId));
    });
  }

  /** @throws PeristaError E404 */
  get(alarmId: string): AlarmRecord {
    const alarm = this.#ports.book.alarms.find(alarmId);
    if (alarm === undefined) throw new PeristaError('E404', `There is no alarm ${alarmId}`);
    return alarm;
  }

  /** Newest first; of devices that `username` may see. */
  list(query: AlarmQuery, gate: DeviceGate, username: string): PageOf<DeviceAlarm> {
    const page = this.#ports.book.alarms.list(query, (deviceId) => gate.mayWatch(username, deviceId));
    return { ...page, items: page.items.map(alarmView) };
  }

  #begin(alarm: NewAlarm, living: number): void {
    const { book, clock, random, log } = this.#ports;
    const { deviceId, kind, code = null, infusionId = null, priority, message } = alarm;
    if (living >= MOST_LIVING) {
      log.warn({ deviceId, kind, code }, 'a device has too many alarms; one is left out');
      return;
    }
    const alarmId = `al-${randomHex(random, 10)}`;
    book.alarms.insert({ alarmId, deviceId, kind, code, infusionId, priority, message, raisedAtMs: clock.wallMs() });
    book.touchAlarm({ alarmId, deviceId });
    book.note({ ...SERVER, deviceId, action: 'alarm', outcome: `${kind}: ${message}`, infusionId });
    this.#logHigh('device_alarm', this.get(alarmId));
    if (alarm.isOver) this.#end(this.get(alarmId));
  }

  /** Nobody has seen it the first time: it is the same one again. */
  #comesBack(alarm: AlarmRecord, { priority, message }: NewAlarm): void {
    this.#change(alarm, { state: 'on', clearedAtMs: null, priority, message });
    const { deviceId, infusionId, kind } = alarm;
    this.#ports.book.note({ ...SERVER, deviceId, action: 'alarm', outcome: `${kind}: ${message}`, infusionId });
  }

  #end(alarm: AlarmRecord): void {
    const state = CLEARED[alarm.state];
    if (state === undefined) return;
    this.#change(alarm, { state, clearedAtMs: Math.floor(this.#ports.clock.wallMs()) });
    const { deviceId, infusionId, kind } = alarm;
    this.#ports.book.note({ ...SERVER, deviceId, action: 'alarm_over', outcome: kind, infusionId });
  }

  #change(alarm: AlarmRecord, patch: Parameters<FleetBook['alarms']['change']>[2]): void {
    this.#ports.book.alarms.change(alarm.alarmId, alarm.state, patch);
    this.#ports.book.touchAlarm(alarm);
    // Whoever was told of it hears that it is over once it is seen and gone: one that flaps is told once.
    if (patch.state === 'off') this.#logHigh('device_alarm_over', alarm);
  }

  #logHigh(kind: 'device_alarm' | 'device_alarm_over', alarm: AlarmRecord): void {
    if (alarm.priority !== 'high') return;
    const { deviceId, alarmId, infusionId, code, message } = alarm;
    this.#ports.events.append({
      kind,
      severity: kind === 'device_alarm' ? 'alarm' : 'info',
      data: { device_id: deviceId, alarm_id: alarmId, alarm: alarm.kind, code, infusion_id: infusionId, message },
    });
  }
}

const isAbout =
  ({ kind, code = null, infusionId = null }: NewAlarm) =>
  (alarm: AlarmSubject): boolean =>
    alarm.kind === kind && alarm.code === code && alarm.infusionId === infusionId;
