import type { Clock } from '@perista/core';
import { DeviceId } from '@perista/protocol/fleet';
import type { DeviceAnswer, FleetAnswer } from '@perista/protocol/live';
import type { DeviceStreams } from '../fleet/device-streams.ts';
import { type Answerer, DeviceViewer, type DeviceViewerLine } from '../fleet/device-viewer.ts';

export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** What one connection asks of devices, over whatever protocol. */
export class DeviceDesk {
  readonly #streams: DeviceStreams;
  readonly #viewer: DeviceViewer;

  constructor(clock: Clock, streams: DeviceStreams, line: DeviceViewerLine) {
    this.#streams = streams;
    this.#viewer = new DeviceViewer(clock, line);
  }

  /** Null: it will be answered; else why not. */
  subscribe(asked: unknown, answer: (deviceId: string) => Answerer<DeviceAnswer>): Refusal | null {
    const deviceId = deviceIdIn(asked);
    if (deviceId === undefined) {
      return { code: 'E402', message: 'deviceId must be 1 to 64 of A–Z, a–z, 0–9, _ and -' };
    }
    if (this.#streams.watch(this.#viewer, deviceId, answer(deviceId))) return null;
    return { code: 'E408', message: 'This connection watches as many devices as it may' };
  }

  unsubscribe(asked: unknown): void {
    const deviceId = deviceIdIn(asked);
    if (deviceId !== undefined) this.#streams.unwatch(this.#viewer, deviceId);
  }

  subscribeFleet(answer: Answerer<FleetAnswer>): void {
    this.#streams.watchFleet(this.#viewer, answer);
  }

  unsubscribeFleet(): void {
    this.#streams.unwatchFleet(this.#viewer);
  }

  leave(): void {
    this.#streams.leave(this.#viewer);
  }
}

/** A client may send anything. */
function deviceIdIn(asked: unknown): string | undefined {
  if (typeof asked !== 'object' || asked === null || !('deviceId' in asked)) return undefined;
  const id = DeviceId.safeParse(asked.deviceId);
  return id.success ? id.data : undefined;
}
