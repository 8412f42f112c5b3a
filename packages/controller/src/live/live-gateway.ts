import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { sleep } from '@perista/core';
import type { DeviceStreams } from '../fleet/device-streams.ts';
import type { LiveFeed } from './live-feed.ts';
import { PlainGateway } from './plain-gateway.ts';
import { SocketIoGateway } from './socket-io-gateway.ts';
import { Watchers, type WatchersPorts } from './watchers.ts';

export interface LiveGatewayPorts extends WatchersPorts {
  /** The server of the API; not listening yet. */
  readonly server: HttpServer;
  readonly feed: LiveFeed;
  readonly streams: DeviceStreams;
}

/** How long a stop waits for clients to take their last message. */
const FAREWELL_MS = 300;

/** What is told live, on the server of the API: by Socket.IO, and by plain WebSocket to tools without it. */
export class LiveGateway {
  readonly #ports: LiveGatewayPorts;
  readonly #watchers: Watchers;
  readonly #socketIo: SocketIoGateway;
  readonly #plain: PlainGateway;
  /** Connections that the HTTP server has given away and does not close. */
  readonly #upgraded = new Set<Duplex>();

  constructor(ports: LiveGatewayPorts) {
    this.#ports = ports;
    this.#watchers = new Watchers(ports);
    const inside = { ...ports, watchers: this.#watchers };
    this.#socketIo = new SocketIoGateway(inside);
    this.#plain = new PlainGateway(inside);
  }

  /** Who is logged in and connected now. */
  get viewers(): number {
    return this.#watchers.count;
  }

  start(): void {
    const { server, feed, streams } = this.#ports;
    feed.start();
    streams.start();
    this.#watchers.start();
    this.#plain.start();
    this.#socketIo.start();
    server.on('upgrade', this.#keepUpgraded);
  }

  /** Tells all viewers and closes their connections; the HTTP server goes on until it is closed itself. */
  async stop(): Promise<void> {
    const { clock, feed, streams, server } = this.#ports;
    feed.stop();
    streams.stop();
    this.#watchers.stop();
    const gone = [...this.#upgraded].map((tcp) => new Promise((resolve) => tcp.once('close', resolve)));
    await Promise.race([Promise.all(gone), sleep(clock, FAREWELL_MS)]);
    for (const tcp of this.#upgraded) tcp.destroy();
    this.#plain.stop();
    this.#socketIo.stop();
    server.off('upgrade', this.#keepUpgraded);
  }

  readonly #keepUpgraded = (_request: IncomingMessage, tcp: Duplex): void => {
    this.#upgraded.add(tcp);
    tcp.once('close', () => this.#upgraded.delete(tcp));
  };
}
