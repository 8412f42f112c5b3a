import type { Clock } from '@perista/core';
import type { DeviceAnswer, FleetAnswer, LiveClosing } from '@perista/protocol/live';
import type { Parcel } from '../live/delta.ts';
import { MAX_BLOCKED_MS } from '../live/viewer.ts';
import { MAX_TAKEN_BYTES, ViewerQueue } from '../live/viewer-queue.ts';
import type { DeviceDelta } from './device-delta.ts';

/** What may wait for one viewer; beyond it all of it is replaced by snapshots. */
const MAX_WAITING_BYTES = 600_000;
/** Devices that one connection may watch one by one. */
const MOST_SUBSCRIPTIONS = 1_000;

/** The connection to a viewer. What it is handed while it is not writable would pile up in it. */
export interface DeviceViewerLine {
  readonly username: string;
  isWritable(): boolean;
  /** `seq`: one more with each message of this connection about devices. */
  sendDevice(delta: DeviceDelta, seq: number): void;
  close(reason: LiveClosing): void;
}

/** Who waits for the answer to a subscription. */
export type Answerer<Answer> = (result: Answer, seq: number) => void;

/** Reads what a new subscription is answered with. */
export interface SnapshotReader {
  device(username: string, deviceId: string): DeviceAnswer;
  fleet(username: string): FleetAnswer;
}

/** One who watches devices: of each, first a snapshot, then what changes, no faster than the connection takes it. */
export class DeviceViewer {
  readonly line: DeviceViewerLine;
  readonly #clock: Clock;
  readonly #queue = new ViewerQueue<DeviceDelta>(MAX_WAITING_BYTES);
  /** Null: answered, and told what changes since. */
  readonly #devices = new Map<string, Answerer<DeviceAnswer> | null>();
  #fleet: Answerer<FleetAnswer> | null | undefined;
  #blockedSinceMs: number | null = null;
  #isClosed = false;

  constructor(clock: Clock, line: DeviceViewerLine) {
    this.#clock = clock;
    this.line = line;
  }

  get deviceIds(): Iterable<string> {
    return this.#devices.keys();
  }

  get waitingBytes(): number {
    return this.#queue.waitingBytes;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get watchesFleet(): boolean {
    return this.#fleet !== undefined;
  }

  /** Something is to be sent as soon as the connection takes it. */
  get isWaiting(): boolean {
    return !this.#isClosed && (this.#isOwedSnapshot || !this.#queue.isEmpty || this.#queue.hasRunOver);
  }

  /** False: it watches as many as it may. */
  watch(deviceId: string, answer: Answerer<DeviceAnswer>): boolean {
    if (!this.#devices.has(deviceId) && this.#devices.size >= MOST_SUBSCRIPTIONS) return false;
    this.#devices.set(deviceId, answer);
    return true;
  }

  unwatch(deviceId: string): boolean {
    this.#queue.forget(progressKey(deviceId));
    this.#queue.forget(statusKey(deviceId));
    return this.#devices.delete(deviceId);
  }

  watchFleet(answer: Answerer<FleetAnswer>): void {
    this.#fleet = answer;
  }

  forget(key: string): void {
    this.#queue.forget(key);
  }

  unwatchFleet(): void {
    this.#fleet = undefined;
  }

  /** Of a device that it watches; a snapshot that is still owed will have it. */
  put(deviceId: string, parcel: Parcel<DeviceDelta>): void {
    if (this.#devices.get(deviceId) === null) this.#queue.put(parcel);
  }

  putToFleet(parcel: Parcel<DeviceDelta>): void {
    if (this.#fleet === null) this.#queue.put(parcel);
  }

  /** Of nothing in particular that it watches. */
  putAny(parcel: Parcel<DeviceDelta>): void {
    this.#queue.put(parcel);
  }

  /** Sends what waits; closes a connection that takes nothing for too long. */
  flush(reader: SnapshotReader): void {
    if (this.isWaiting && this.line.isWritable()) this.#send(reader);
    else if (this.isWaiting) this.#wait();
  }

  #send(reader: SnapshotReader): void {
    this.#blockedSinceMs = null;
    if (this.#queue.hasRunOver) this.#beginAnew();
    const left = this.#answerAll(reader);
    if (left > 0) for (const { delta, seq } of this.#queue.take()) this.line.sendDevice(delta, seq);
  }

  get #isOwedSnapshot(): boolean {
    return typeof this.#fleet === 'function' || [...this.#devices.values()].some((answer) => answer !== null);
  }

  /** Too much waited: everything that it watches is shown as it is now. */
  #beginAnew(): void {
    this.#queue.restart();
    for (const [deviceId, answer] of this.#devices) {
      this.#devices.set(deviceId, answer ?? this.#toldBySnapshot(deviceId));
    }
    if (this.#fleet === null) {
      this.#fleet = (result, seq) =>
        result.ok && this.line.sendDevice({ name: 'fleet:snapshot', news: result.snapshot }, seq);
    }
  }

  #toldBySnapshot(deviceId: string): Answerer<DeviceAnswer> {
    return (result, seq) => {
      if (result.ok) return this.line.sendDevice({ name: 'device:snapshot', news: result.snapshot }, seq);
      const { code, message } = result;
      this.line.sendDevice({ name: 'device:closed', news: { deviceId, code, message } }, seq);
    };
  }

  /** Bytes that may still be handed over. */
  #answerAll({ device, fleet }: SnapshotReader): number {
    const { username } = this.line;
    let left = MAX_TAKEN_BYTES;
    if (typeof this.#fleet === 'function') {
      const [answer, result] = [this.#fleet, fleet(username)];
      this.#fleet = result.ok ? null : undefined;
      answer(result, this.#queue.count());
      left -= JSON.stringify(result).length;
    }
    for (const [deviceId, answer] of this.#devices) {
      if (answer === null) continue;
      if (left <= 0) break;
      const result = device(username, deviceId);
      if (result.ok) this.#devices.set(deviceId, null);
      else this.#devices.delete(deviceId);
      answer(result, this.#queue.count());
      left -= JSON.stringify(result).length;
    }
    return left;
  }

  #wait(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#blockedSinceMs ??= nowMs;
    if (nowMs - this.#blockedSinceMs < MAX_BLOCKED_MS) return;
    this.#isClosed = true;
    this.line.close('too-slow');
  }
}

export const progressKey = (deviceId: string): string => `progress ${deviceId}`;
export const statusKey = (deviceId: string): string => `status ${deviceId}`;
