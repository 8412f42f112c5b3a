import type { Clock } from '@perista/core';
import type { DeviceAnswer, FleetAnswer, LiveClosing, PlainLiveMessage } from '@perista/protocol/live';
import type { DeviceDelta } from '../fleet/device-delta.ts';
import type { DeviceStreams } from '../fleet/device-streams.ts';
import type { Answerer, DeviceViewerLine } from '../fleet/device-viewer.ts';
import { DeviceDesk } from './device-desk.ts';

interface Ports {
  readonly clock: Clock;
  readonly streams: DeviceStreams;
}

interface Connection {
  isWritable(): boolean;
  close(reason: LiveClosing): void;
  tell(message: PlainLiveMessage): void;
}

/** What one tool on the plain WebSocket is told of devices; each subscription is answered by a message. */
export class PlainDevices implements DeviceViewerLine {
  readonly username: string;
  readonly #connection: Connection;
  readonly #desk: DeviceDesk;

  constructor({ clock, streams }: Ports, username: string, connection: Connection) {
    this.username = username;
    this.#connection = connection;
    this.#desk = new DeviceDesk(clock, streams, this);
  }

  /** False: it is nothing that can be asked here. */
  ask(event: string, data: unknown): boolean {
    const ask = this.#questions.get(event);
    ask?.(data);
    return ask !== undefined;
  }

  isWritable(): boolean {
    return this.#connection.isWritable();
  }

  sendDevice({ name, news }: DeviceDelta, seq: number): void {
    this.#connection.tell({ event: name, data: news, seq });
  }

  close(reason: LiveClosing): void {
    this.#connection.close(reason);
  }

  leave(): void {
    this.#desk.leave();
  }

  readonly #questions = new Map<string, (data: unknown) => void>([
    ['subscribe:device', (data) => this.#subscribe(data)],
    ['unsubscribe:device', (data) => this.#desk.unsubscribe(data)],
    ['subscribe:fleet', () => this.#desk.subscribeFleet(this.#fleetAnswer)],
    ['unsubscribe:fleet', () => this.#desk.unsubscribeFleet()],
  ]);

  #subscribe(data: unknown): void {
    const refusal = this.#desk.subscribe(data, (deviceId) => this.#deviceAnswer(deviceId));
    if (refusal !== null && this.isWritable()) this.#connection.tell({ event: 'error', data: refusal, seq: null });
  }

  #deviceAnswer(deviceId: string): Answerer<DeviceAnswer> {
    return (result, seq) => {
      if (result.ok) return this.sendDevice({ name: 'device:snapshot', news: result.snapshot }, seq);
      const { code, message } = result;
      this.sendDevice({ name: 'device:closed', news: { deviceId, code, message } }, seq);
    };
  }

  readonly #fleetAnswer: Answerer<FleetAnswer> = (result, seq) => {
    if (result.ok) return this.sendDevice({ name: 'fleet:snapshot', news: result.snapshot }, seq);
    const { code, message } = result;
    this.#connection.tell({ event: 'error', data: { code, message }, seq });
  };
}
