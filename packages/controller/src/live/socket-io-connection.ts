import type { Clock, Log } from '@perista/core';
import type { LiveClosing } from '@perista/protocol/live';
import type { DeviceStreams } from '../fleet/device-streams.ts';
import type { NumberedDelta } from './delta.ts';
import type { LiveFeed } from './live-feed.ts';
import type { LiveSocket } from './live-socket.ts';
import { SocketIoDevices } from './socket-io-devices.ts';
import { type Answer, Viewer, type ViewerLine } from './viewer.ts';

/** After these a client shall not come back by itself; after the others stock clients do. */
const FOR_GOOD: ReadonlySet<LiveClosing> = new Set(['logged-out', 'too-many-viewers']);

/** One client that has logged in: what it asks for, and the way back to it. */
export class SocketIoConnection implements ViewerLine {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #feed: LiveFeed;
  readonly #socket: LiveSocket;
  readonly #devices: SocketIoDevices;
  #viewer: Viewer | null = null;

  constructor(ports: { clock: Clock; log: Log; feed: LiveFeed; streams: DeviceStreams }, socket: LiveSocket) {
    this.#clock = ports.clock;
    this.#log = ports.log;
    this.#feed = ports.feed;
    this.#socket = socket;
    this.#devices = new SocketIoDevices(ports, socket, this);
    // A client may send anything under these names.
    socket.on('subscribe:pumps', (...args: unknown[]) => this.#subscribe(args.at(-1)));
    socket.on('unsubscribe:pumps', () => this.#unsubscribe());
    socket.on('disconnect', () => this.#leave());
  }

  get loginId(): string {
    return this.#socket.data.login.loginId;
  }

  /** The transport hands on what it is given and has nothing left, so whatever is slow beyond it cannot pile up. */
  isWritable(): boolean {
    const { conn } = this.#socket;
    return conn.readyState === 'open' && conn.transport.writable;
  }

  send({ name, args }: NumberedDelta): void {
    this.#socket.emit(name, ...args);
  }

  close(reason: LiveClosing): void {
    this.#log.info({ reason, actor: this.#socket.data.login.actor.name }, 'a live connection is closed');
    this.#leave();
    this.#socket.emit('live:closed', { reason });
    if (FOR_GOOD.has(reason)) this.#socket.disconnect(true);
    else this.#socket.conn.close();
  }

  #subscribe(callback: unknown): void {
    this.#unsubscribe();
    const answer: Answer =
      typeof callback === 'function'
        ? (callback as Answer)
        : (result) => result.ok && this.#socket.emit('pumps:snapshot', result.snapshot);
    this.#viewer = new Viewer(this.#clock, this, answer);
    this.#feed.watch(this.#viewer);
  }

  #leave(): void {
    this.#unsubscribe();
    this.#devices.leave();
  }

  #unsubscribe(): void {
    if (this.#viewer !== null) this.#feed.leave(this.#viewer);
    this.#viewer = null;
  }
}
