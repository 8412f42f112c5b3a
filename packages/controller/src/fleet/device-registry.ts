import type { Cancel, Clock, Log } from '@perista/core';
import type { MessageOf } from '@perista/protocol/fleet';
import { tolerant } from '../background.ts';
import type { Store } from '../store/store.ts';
import { DeviceStore } from './device-store.ts';
import type { DropReason, FleetMeter } from './fleet-meter.ts';
import type { DeviceListener, DeviceLook, DeviceNews, DeviceSight, PresenceListener } from './fleet-ports.ts';
import type { DeviceChronicle } from './history/device-chronicle.ts';
import type { Span } from './history/gap-watch.ts';
import { KnownDevice, type StatusBody } from './known-device.ts';
import type { MessageNumber, OrderVerdict } from './message-order.ts';
import { NewcomerAllowance } from './newcomer-allowance.ts';

/** What is known of devices is written so seldom, and so many of them in one commit. */
const SAVE_EVERY_MS = 10_000;
const SAVED_AT_ONCE = 200;
const SAVE_PAUSE_MS = 100;
/** Silence is noticed so late at most. */
const LEAST_WAIT_MS = 250;

export interface DeviceRegistryPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: FleetMeter;
}

/**
 * All devices that ever told something: which of their messages are new, and how far each can be believed. What is new
 * is told on, in order.
 */
export class DeviceRegistry implements DeviceListener, DeviceSight {
  readonly #ports: DeviceRegistryPorts;
  readonly #store: DeviceStore;
  readonly #devices = new Map<string, KnownDevice>();
  readonly #newcomers: NewcomerAllowance;
  readonly #listeners: DeviceListener[] = [];
  readonly #presenceListeners: PresenceListener[] = [];
  #chronicle: Pick<DeviceChronicle, 'told' | 'missing' | 'silent'> | null = null;
  readonly #unsaved = new Set<KnownDevice>();
  #lineUpMs: number | null = null;
  #judgeAtMs = Number.POSITIVE_INFINITY;
  #cancelJudge: Cancel = () => {};
  #cancelSave: Cancel | null = null;

  constructor(ports: DeviceRegistryPorts) {
    this.#ports = ports;
    this.#store = new DeviceStore(ports.store);
    this.#newcomers = new NewcomerAllowance(ports.clock);
  }

  /** Recalls all devices. @throws PeristaError E301 */
  start(): void {
    for (const record of this.#store.list()) this.#devices.set(record.deviceId, new KnownDevice(record));
  }

  /** What is told is kept there, too. */
  keep(chronicle: Pick<DeviceChronicle, 'told' | 'missing' | 'silent'>): void {
    this.#chronicle = chronicle;
  }

  /** Listeners hear in the order in which they were added. */
  add(listener: DeviceListener): void {
    this.#listeners.push(listener);
  }

  addPresence(listener: PresenceListener): void {
    this.#presenceListeners.push(listener);
  }

  get(deviceId: string): KnownDevice | undefined {
    return this.#devices.get(deviceId);
  }

  list(): Iterable<KnownDevice> {
    return this.#devices.values();
  }

  look(deviceId: string): DeviceLook | undefined {
    const device = this.#devices.get(deviceId);
    if (device === undefined) return undefined;
    const { presence, presenceReason, dialect, order, status } = device;
    return { presence, presenceReason, dialect, boot: order.last?.boot ?? null, status };
  }

  hear(news: DeviceNews): void {
    const device = this.#devices.get(news.deviceId) ?? this.#welcome(news);
    if (device === undefined) return;
    const { message } = news;
    if (message.name === 'status' && message.body.status === 'offline') this.#takeLeave(device, news, message);
    else if (news.isRetained) this.#takeRetained(device, news);
    else this.#takeNews(device, news);
  }

  /** The broker can be heard, or not any more. */
  onLine(isUp: boolean): void {
    this.#lineUpMs = isUp ? this.#ports.clock.monotonicMs() : null;
    for (const listener of this.#presenceListeners) listener.line(isUp);
    this.#judgeAll();
  }

  /** Writes what is not written yet. */
  stop(): void {
    this.#cancelJudge();
    this.#cancelSave?.();
    if (this.#unsaved.size > 0) this.#save([...this.#unsaved]);
  }

  #welcome({ deviceId, message, receivedAtMs }: DeviceNews): KnownDevice | undefined {
    if (!this.#newcomers.take(this.#devices.size)) {
      this.#ports.meter.drop({ deviceId, topic: message.name, reason: 'too-many-devices' });
      return undefined;
    }
    const nothing = { lastSeenAtMs: null, dialect: null, last: null, firmwareVersion: null, status: null };
    const device = new KnownDevice({
      ...{ deviceId, firstSeenAtMs: receivedAtMs },
      ...{ ...nothing, progress: null, isOfflineTold: false },
    });
    this.#devices.set(deviceId, device);
    this.#ports.log.info({ deviceId }, 'a device is heard for the first time');
    return device;
  }

  #takeNews(device: KnownDevice, news: DeviceNews) {
    const { message, receivedAtMs } = news;
    const span = spanTo(device, receivedAtMs);
    if (message.header !== null) {
      const verdict = this.#number(device, message.header, news);
      if (verdict.kind === 'dropped') return this.#drop(news, verdict.reason);
      if (verdict.kind === 'late') return this.#takeLate(device, news);
    } else if (device.presence !== 'online') this.#chronicle?.silent(device.deviceId, span, 'nothing was heard');
    device.hear(news);
    if (message.name === 'status') device.noteStatus(message.body, receivedAtMs);
    if (message.name === 'progress') device.noteProgress(message.body, receivedAtMs);
    this.#tell(device, news);
  }

  /** What its number says of others that should have come before it. */
  #number(device: KnownDevice, number: MessageNumber, { receivedMs, receivedAtMs }: DeviceNews): OrderVerdict {
    const verdict = device.order.judge(number, receivedMs);
    if (verdict.kind !== 'new') return verdict;
    const span = spanTo(device, receivedAtMs);
    if (verdict.gap !== null) this.#chronicle?.missing(device, verdict.gap, span);
    if (verdict.hasRebooted) this.#reboot(device, span);
    return verdict;
  }

  #reboot(device: KnownDevice, span: Span): void {
    device.reboot();
    this.#chronicle?.silent(device.deviceId, span, 'the device started anew');
  }

  /** What others overtook is no newest value any more, but what happened has happened. */
  #takeLate(device: KnownDevice, news: DeviceNews): void {
    const { name } = news.message;
    device.hear(news);
    if (name === 'progress') this.#chronicle?.told(device, news);
    if (name === 'progress' || name === 'status') this.#drop(news, 'overtaken');
    else this.#tell(device, news);
  }

  #takeLeave(device: KnownDevice, news: DeviceNews, { body, header }: MessageOf<'status'>) {
    const last = device.order.last;
    if (header !== null) {
      if (device.isOld(header, body)) return this.#drop(news, 'old-will');
      // A last will was numbered when its connection began; a good-bye of the device itself is its newest message.
      if (last === null || isAfter(header, last)) this.#number(device, header, news);
    }
    device.leave(body, news.receivedAtMs);
    this.#tell(device, news);
  }

  /** How the device was when it last said so; not that it is there now. */
  #takeRetained(device: KnownDevice, news: DeviceNews) {
    const { message, receivedAtMs } = news;
    if (message.name !== 'status') return;
    const { header, body } = message;
    const last = device.order.last;
    if (header !== null && last !== null && header.boot < last.boot) return this.#drop(news, 'old-boot');
    if (isKnown(device, body)) return this.#drop(news, 'duplicate');
    if (header !== null && (last === null || isAfter(header, last))) this.#number(device, header, news);
    device.noteStatus(body, receivedAtMs);
    this.#tell(device, news);
  }

  #tell(device: KnownDevice, news: DeviceNews): void {
    this.#ports.meter.take(news.message.name);
    this.#saveLater(device);
    this.#judge(device);
    this.#chronicle?.told(device, news);
    for (const listener of this.#listeners) listener.hear(news);
  }

  #drop({ deviceId, message }: DeviceNews, reason: DropReason): void {
    this.#ports.meter.drop({ deviceId, topic: message.name, reason });
  }

  #judge(device: KnownDevice): void {
    const { deviceId } = device;
    const { nextMs, isNews } = device.judge(this.#lineUpMs, this.#ports.clock.monotonicMs());
    if (isNews) {
      for (const listener of this.#presenceListeners) {
        listener.presence(deviceId, device.presence, device.presenceReason);
      }
    }
    if (nextMs !== null) this.#judgeAt(nextMs);
  }

  #judgeAll(): void {
    this.#judgeAtMs = Number.POSITIVE_INFINITY;
    this.#cancelJudge();
    for (const device of this.#devices.values()) this.#judge(device);
  }

  #judgeAt(atMs: number): void {
    if (atMs >= this.#judgeAtMs) return;
    const { clock } = this.#ports;
    this.#judgeAtMs = atMs;
    this.#cancelJudge();
    this.#cancelJudge = clock.after(Math.max(LEAST_WAIT_MS, atMs - clock.monotonicMs()), () => this.#judgeAll());
  }

  #saveLater(device: KnownDevice): void {
    this.#unsaved.add(device);
    this.#saveIn(SAVE_EVERY_MS);
  }

  #saveIn(waitMs: number): void {
    this.#cancelSave ??= this.#ports.clock.after(waitMs, () => {
      this.#cancelSave = null;
      const isDone = this.#save([...this.#unsaved].slice(0, SAVED_AT_ONCE));
      if (this.#unsaved.size > 0) this.#saveIn(isDone ? SAVE_PAUSE_MS : SAVE_EVERY_MS);
    });
  }

  /** What could not be written is written with what comes next. */
  #save(devices: readonly KnownDevice[]): boolean {
    let isDone = false;
    tolerant(this.#ports.log, 'write what is known of devices', () => {
      this.#store.save(devices.map(({ record }) => record));
      for (const device of devices) this.#unsaved.delete(device);
      isDone = true;
    });
    return isDone;
  }
}

/** From when the device was last heard. */
const spanTo = ({ lastSeenAtMs }: KnownDevice, toMs: number): Span => ({ fromMs: lastSeenAtMs ?? toMs, toMs });

const isAfter = (one: MessageNumber, other: MessageNumber): boolean =>
  one.boot > other.boot || (one.boot === other.boot && one.seq > other.seq);

/** Whether it is the status that the device is known by, or one before it. */
function isKnown({ status }: KnownDevice, { boot, seq, ...body }: StatusBody): boolean {
  if (status === null) return false;
  if (boot !== undefined && seq !== undefined && boot === status.boot) return seq <= Number(status.seq);
  const { receivedAt: _, ...known } = status;
  return JSON.stringify(known) === JSON.stringify(body);
}
