import type { Cancel, Clock, Log } from '@perista/core';
import type { DeviceAlarm, DeviceCommand, DeviceObject, Infusion, Presence } from '@perista/protocol/api';
import type { DeviceAnswer, DeviceGap, FleetAnswer } from '@perista/protocol/live';
import { tolerant } from '../background.ts';
import type { EventBus } from '../events/event-bus.ts';
import { timestamp } from '../ledger/timestamp.ts';
import { latest, type Parcel, reliable } from '../live/delta.ts';
import type { DeviceDelta } from './device-delta.ts';
import type { DeviceRightsService } from './device-rights.ts';
import { type Answerer, type DeviceViewer, progressKey, statusKey } from './device-viewer.ts';
import type { DeviceViews } from './device-views.ts';
import { FleetBoard } from './fleet-board.ts';
import type { DeviceListener, DeviceNews, FleetNews, PresenceListener } from './fleet-ports.ts';

export interface DeviceStreamsPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly bus: EventBus;
  readonly views: DeviceViews;
  readonly rights: DeviceRightsService;
  /** How long what came waited for its viewers, s. */
  readonly onLag: (lagS: number) => void;
}

/** Viewers are told at most ten times a second. */
const FLUSH_MS = 100;
const RIGHT_GONE = 'the right to this device was taken away';

/** One device that somebody watches. */
interface DeviceStream {
  readonly viewers: Set<DeviceViewer>;
  /** Its presence and obstacles as they were told, and whether they may have changed since. */
  told: string;
  isMarked: boolean;
}

/** What devices tell on its way to whoever watches them. While nobody watches a device, nothing is made of it. */
export class DeviceStreams implements DeviceListener, PresenceListener, FleetNews {
  /** Devices that somebody watches. */
  readonly deviceStreams = new Map<string, DeviceStream>();
  readonly #ports: DeviceStreamsPorts;
  readonly #viewers = new Set<DeviceViewer>();
  readonly #board: FleetBoard;
  #flushedAtMs = Number.NEGATIVE_INFINITY;
  #oldestMs: number | null = null;
  #cancelFlush: Cancel | null = null;
  #isStopped = false;

  constructor(ports: DeviceStreamsPorts) {
    this.#ports = ports;
    this.#board = new FleetBoard({ ...ports, onTold: () => this.#flushSoon() });
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  start(): void {
    this.#ports.bus.subscribe(this, 'device-rights', ({ username }) => this.#review(username));
  }

  stop(): void {
    this.#isStopped = true;
    this.#ports.bus.unsubscribeAll(this);
    this.#cancelFlush?.();
    this.#board.stop();
    this.#viewers.clear();
    this.deviceStreams.clear();
  }

  /** False: the viewer watches as many as it may. */
  watch(viewer: DeviceViewer, deviceId: string, answer: Answerer<DeviceAnswer>): boolean {
    if (this.#isStopped || !viewer.watch(deviceId, answer)) return false;
    this.#viewers.add(viewer);
    const stream = this.deviceStreams.get(deviceId) ?? { viewers: new Set(), told: '', isMarked: true };
    stream.viewers.add(viewer);
    this.deviceStreams.set(deviceId, stream);
    this.#flushSoon();
    return true;
  }

  unwatch(viewer: DeviceViewer, deviceId: string): void {
    viewer.unwatch(deviceId);
    const stream = this.deviceStreams.get(deviceId);
    stream?.viewers.delete(viewer);
    if (stream?.viewers.size === 0) this.deviceStreams.delete(deviceId);
  }

  watchFleet(viewer: DeviceViewer, answer: Answerer<FleetAnswer>): void {
    if (this.#isStopped) return;
    viewer.watchFleet(answer);
    this.#viewers.add(viewer);
    this.#board.admit(viewer);
    this.#flushSoon();
  }

  unwatchFleet(viewer: DeviceViewer): void {
    viewer.unwatchFleet();
    this.#board.leave(viewer);
  }

  leave(viewer: DeviceViewer): void {
    for (const deviceId of [...viewer.deviceIds]) this.unwatch(viewer, deviceId);
    this.unwatchFleet(viewer);
    this.#viewers.delete(viewer);
  }

  streamProgressData(deviceId: string, progress: DeviceObject): void {
    this.#stream(deviceId, () =>
      latest(progressKey(deviceId), { name: 'device:progress', news: { deviceId, progress } }),
    );
  }

  streamErrorData(deviceId: string, error: DeviceObject): void {
    this.#stream(deviceId, () => reliable({ name: 'device:error', news: { deviceId, error } }));
  }

  streamInfusionConfirmation(deviceId: string, confirmation: DeviceObject): void {
    this.#stream(deviceId, () => reliable({ name: 'device:infusion:confirmed', news: { deviceId, confirmation } }));
  }

  streamStatusData(deviceId: string, status: DeviceObject): void {
    this.#stream(deviceId, () => latest(statusKey(deviceId), { name: 'device:status', news: { deviceId, status } }));
  }

  streamCompletion(deviceId: string, completion: DeviceObject): void {
    this.#stream(deviceId, () => reliable({ name: 'device:infusion:completed', news: { deviceId, completion } }));
  }

  hear({ deviceId, message: { name, body }, receivedAtMs }: DeviceNews): void {
    if (this.#viewers.size === 0) return;
    const told: DeviceObject = { ...body, receivedAt: timestamp(receivedAtMs) };
    if (name === 'progress') this.streamProgressData(deviceId, told);
    else if (name === 'status') this.streamStatusData(deviceId, told);
    else if (name === 'error') this.streamErrorData(deviceId, told);
    else if (name === 'infusion') this.streamInfusionConfirmation(deviceId, told);
    else if (name === 'completion') this.streamCompletion(deviceId, told);
    // How it is decides whether a start is possible; numbers do not.
    if (name !== 'progress') this.#mark(deviceId);
  }

  presence(deviceId: string, _presence: Presence, _reason: string | null): void {
    this.#mark(deviceId);
  }

  line(_isUp: boolean): void {
    const news = this.#ports.views.broker();
    for (const viewer of this.#viewers) viewer.putAny(latest('broker', { name: 'broker:state', news }));
    for (const deviceId of this.deviceStreams.keys()) this.#mark(deviceId);
    this.#flushSoon();
  }

  infusion(infusion: Infusion): void {
    const { deviceId } = infusion;
    this.#stream(deviceId, () => reliable({ name: 'device:infusion', news: { deviceId, infusion } }));
    this.#mark(deviceId);
  }

  command(command: DeviceCommand): void {
    const { deviceId } = command;
    this.#stream(deviceId, () => reliable({ name: 'device:command', news: { deviceId, command } }));
    this.#mark(deviceId);
  }

  alarm(alarm: DeviceAlarm): void {
    const { deviceId } = alarm;
    this.#stream(deviceId, () => reliable({ name: 'device:alarm', news: { deviceId, alarm } }));
    this.#mark(deviceId);
  }

  gap(deviceId: string, gap: DeviceGap): void {
    this.#stream(deviceId, () => reliable({ name: 'device:gap', news: { deviceId, gap } }));
  }

  #stream(deviceId: string, make: () => Parcel<DeviceDelta>): void {
    if (this.#viewers.size === 0) return;
    this.#board.mark(deviceId);
    const stream = this.deviceStreams.get(deviceId);
    if (stream === undefined) return;
    this.#oldestMs ??= this.#ports.clock.monotonicMs();
    const parcel = make();
    for (const viewer of stream.viewers) viewer.put(deviceId, parcel);
    this.#flushSoon();
  }

  #mark(deviceId: string): void {
    if (this.#viewers.size === 0) return;
    this.#board.mark(deviceId);
    const stream = this.deviceStreams.get(deviceId);
    if (stream === undefined) return;
    stream.isMarked = true;
    this.#flushSoon();
  }

  /** What a user may see has changed: what may not be watched any more ends. */
  #review(username: string): void {
    const { rights } = this.#ports;
    for (const viewer of [...this.#viewers].filter(({ line }) => line.username === username)) {
      const gone = [...viewer.deviceIds].filter((deviceId) => !rights.mayWatch(username, deviceId));
      for (const deviceId of gone) {
        this.unwatch(viewer, deviceId);
        const news = { deviceId, code: 'E403', message: RIGHT_GONE };
        viewer.putAny(reliable({ name: 'device:closed', news }));
      }
      if (viewer.watchesFleet) this.#board.review(viewer);
    }
    this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#cancelFlush !== null || this.#isStopped) return;
    const { clock } = this.#ports;
    const waitMs = Math.max(0, this.#flushedAtMs + FLUSH_MS - clock.monotonicMs());
    this.#cancelFlush = clock.after(waitMs, () => this.#flush());
  }

  #flush(): void {
    const { clock, log, views, onLag } = this.#ports;
    this.#cancelFlush = null;
    this.#flushedAtMs = clock.monotonicMs();
    tolerant(log, 'tell viewers how devices are', () => this.#putPresences());
    for (const viewer of this.#viewers) {
      viewer.flush(views);
      if (viewer.isClosed) this.leave(viewer);
    }
    if (this.#oldestMs !== null) onLag((clock.monotonicMs() - this.#oldestMs) / 1000);
    this.#oldestMs = null;
    if ([...this.#viewers].some(({ isWaiting }) => isWaiting)) this.#flushSoon();
  }

  #putPresences(): void {
    for (const [deviceId, stream] of this.deviceStreams) {
      if (!stream.isMarked) continue;
      stream.isMarked = false;
      const news = { deviceId, ...this.#ports.views.presence(deviceId) };
      const text = JSON.stringify(news);
      if (stream.told === text) continue;
      stream.told = text;
      const parcel = latest<DeviceDelta>(`presence ${deviceId}`, { name: 'device:presence', news });
      for (const viewer of stream.viewers) viewer.put(deviceId, parcel);
    }
  }
}
