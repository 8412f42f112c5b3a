import type { Clock } from '@perista/core';
import type { DeviceAnswer, FleetAnswer, LiveClosing } from '@perista/protocol/live';
import type { DeviceDelta } from '../fleet/device-delta.ts';
import type { DeviceStreams } from '../fleet/device-streams.ts';
import type { Answerer, DeviceViewerLine } from '../fleet/device-viewer.ts';
import { DeviceDesk } from './device-desk.ts';
import type { LiveSocket } from './live-socket.ts';

interface Ports {
  readonly clock: Clock;
  readonly streams: DeviceStreams;
}

interface Connection {
  isWritable(): boolean;
  close(reason: LiveClosing): void;
}

/** What one client of Socket.IO is told of devices. A client that asks without a callback is answered by a message. */
export class SocketIoDevices implements DeviceViewerLine {
  readonly #socket: LiveSocket;
  readonly #connection: Connection;
  readonly #desk: DeviceDesk;

  constructor({ clock, streams }: Ports, socket: LiveSocket, connection: Connection) {
    this.#socket = socket;
    this.#connection = connection;
    this.#desk = new DeviceDesk(clock, streams, this);
    socket.on('subscribe:device', (...args: unknown[]) => this.#subscribe(args[0], args.at(-1)));
    socket.on('unsubscribe:device', (...args: unknown[]) => this.#desk.unsubscribe(args[0]));
    socket.on('subscribe:fleet', (...args: unknown[]) => this.#desk.subscribeFleet(this.#fleetAnswer(args.at(-1))));
    socket.on('unsubscribe:fleet', () => this.#desk.unsubscribeFleet());
  }

  get username(): string {
    return this.#socket.data.login.username;
  }

  isWritable(): boolean {
    return this.#connection.isWritable();
  }

  sendDevice({ name, news }: DeviceDelta): void {
    // Each name goes with its own news.
    (this.#socket.emit as (name: string, news: object) => boolean).call(this.#socket, name, news);
  }

  close(reason: LiveClosing): void {
    this.#connection.close(reason);
  }

  leave(): void {
    this.#desk.leave();
  }

  #subscribe(asked: unknown, callback: unknown): void {
    const refusal = this.#desk.subscribe(asked, (deviceId) => this.#deviceAnswer(deviceId, callback));
    // Whoever does not read would pile up answers.
    if (refusal === null || !this.isWritable()) return;
    if (typeof callback === 'function') callback({ ok: false, ...refusal } satisfies DeviceAnswer);
  }

  #deviceAnswer(deviceId: string, callback: unknown): Answerer<DeviceAnswer> {
    return (result) => {
      if (typeof callback === 'function') callback(result);
      else if (result.ok) this.sendDevice({ name: 'device:snapshot', news: result.snapshot });
      else {
        const { code, message } = result;
        this.sendDevice({ name: 'device:closed', news: { deviceId, code, message } });
      }
    };
  }

  #fleetAnswer(callback: unknown): Answerer<FleetAnswer> {
    return (result) => {
      if (typeof callback === 'function') callback(result);
      else if (result.ok) this.sendDevice({ name: 'fleet:snapshot', news: result.snapshot });
    };
  }
}
