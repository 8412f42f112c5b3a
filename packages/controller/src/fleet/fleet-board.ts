import type { Cancel, Clock, Log } from '@perista/core';
import { tolerant } from '../background.ts';
import { latest, reliable } from '../live/delta.ts';
import type { DeviceDelta } from './device-delta.ts';
import type { DeviceRightsService } from './device-rights.ts';
import type { DeviceViewer } from './device-viewer.ts';
import type { DeviceViews } from './device-views.ts';

/** So often, and so many at a time: a large fleet is told evenly, and never more than a queue holds. */
const TELL_MS = 200;
const MOST_AT_ONCE = 100;

export interface FleetBoardPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly views: DeviceViews;
  readonly rights: DeviceRightsService;
  /** There is something for viewers to take. */
  readonly onTold: () => void;
}

/** All devices, for those who watch the whole fleet. */
export class FleetBoard {
  readonly #ports: FleetBoardPorts;
  /** What each of them may see; null: all. */
  readonly #viewers = new Map<DeviceViewer, ReadonlySet<string> | null>();
  readonly #marked = new Set<string>();
  #toldAtMs = Number.NEGATIVE_INFINITY;
  #cancel: Cancel | null = null;

  constructor(ports: FleetBoardPorts) {
    this.#ports = ports;
  }

  admit(viewer: DeviceViewer): void {
    this.#viewers.set(viewer, this.#ports.rights.visibleTo(viewer.line.username));
  }

  leave(viewer: DeviceViewer): void {
    this.#viewers.delete(viewer);
  }

  /** What it may see has changed: devices that it may not see any more go, others come. */
  review(viewer: DeviceViewer): void {
    const before = this.#viewers.get(viewer);
    this.admit(viewer);
    const now = this.#viewers.get(viewer);
    for (const deviceId of this.#ports.views.ids()) {
      const [might, may] = [before === null || before?.has(deviceId), now === null || now?.has(deviceId)];
      if (might && !may) {
        viewer.forget(boardKey(deviceId));
        viewer.putToFleet(reliable<DeviceDelta>({ name: 'fleet:removed', news: { deviceId } }));
      } else if (may && !might) this.mark(deviceId);
    }
  }

  stop(): void {
    this.#cancel?.();
    this.#viewers.clear();
  }

  /** Something about the device has changed. */
  mark(deviceId: string): void {
    if (this.#viewers.size === 0) return;
    this.#marked.add(deviceId);
    this.#tellSoon();
  }

  #tellSoon(): void {
    if (this.#cancel !== null) return;
    const { clock } = this.#ports;
    const waitMs = Math.max(0, this.#toldAtMs + TELL_MS - clock.monotonicMs());
    this.#cancel = clock.after(waitMs, () => this.#tell());
  }

  #tell(): void {
    const { clock, log, onTold } = this.#ports;
    this.#cancel = null;
    this.#toldAtMs = clock.monotonicMs();
    const told = [...this.#marked].slice(0, MOST_AT_ONCE);
    for (const deviceId of told) this.#marked.delete(deviceId);
    tolerant(log, 'tell viewers of the fleet', () => this.#put(told));
    onTold();
    if (this.#marked.size > 0) this.#tellSoon();
  }

  #put(deviceIds: readonly string[]): void {
    const { views } = this.#ports;
    for (const deviceId of deviceIds) {
      const viewers = [...this.#viewers].filter(([, ids]) => ids === null || ids.has(deviceId));
      if (viewers.length === 0) continue;
      const parcel = latest<DeviceDelta>(boardKey(deviceId), {
        name: 'fleet:device',
        news: { device: views.look(deviceId) },
      });
      for (const [viewer] of viewers) viewer.putToFleet(parcel);
    }
  }
}

const boardKey = (deviceId: string): string => `fleet ${deviceId}`;
