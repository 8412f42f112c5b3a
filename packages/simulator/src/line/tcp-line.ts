import { createServer, type Server, type Socket } from 'node:net';
import type { Clock, Log } from '@perista/core';

export const LOOPBACK = '127.0.0.1';
/** A client that vanished without a word is noticed by then, ms. */
const KEEP_ALIVE_MS = 5000;
/** How long a newcomer waits for the goodbye of the client before it, ms. */
const HANDOVER_MS = 50;
/** A client that lets this many bytes lie is dead, though its socket lives. */
const STUCK_BYTES = 65_536;

/** What is behind a TCP port: bytes both ways. */
export interface ByteLine {
  write(bytes: Uint8Array): void;
  onData(listener: (bytes: Uint8Array) => void): void;
  /** Somebody else writes from here on: what was left unfinished is forgotten. */
  startOver?(): void;
}

/** A line on a TCP port of the loopback, for one client at a time as a serial port has one owner. */
export class TcpLine {
  readonly #line: ByteLine;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #client: Socket | null = null;

  constructor(line: ByteLine, clock: Clock, log: Log) {
    this.#line = line;
    this.#clock = clock;
    this.#log = log;
    const manners = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
    this.#server = createServer(manners, (socket) => this.#welcome(socket));
    line.onData((bytes) => this.#tell(bytes));
  }

  get port(): number {
    return boundPort(this.#server);
  }

  /** 0: a port that the kernel chooses. */
  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, LOOPBACK, resolve);
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #welcome(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', (error) => this.#log.debug({ error: error.message }, 'emulated line lost its client'));
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (this.#client === socket) this.#client = null;
    });
    if (!this.#taken()) this.#adopt(socket);
    else this.#clock.after(HANDOVER_MS, () => (this.#taken() ? this.#turnAway(socket) : this.#adopt(socket)));
  }

  #adopt(socket: Socket): void {
    if (isGone(socket)) return;
    this.#client = socket;
    this.#line.startOver?.();
    socket.on('data', (bytes) => this.#line.write(bytes));
  }

  #turnAway(socket: Socket): void {
    this.#log.warn({ port: this.port }, 'emulated line is in use; a second client was turned away');
    socket.destroy();
  }

  #tell(bytes: Uint8Array): void {
    const client = this.#client;
    if (client === null || isGone(client)) return;
    client.write(bytes);
    if (client.writableLength > STUCK_BYTES) client.destroy();
  }

  #taken(): boolean {
    return this.#client !== null && !isGone(this.#client);
  }
}

function isGone(socket: Socket): boolean {
  return socket.destroyed || socket.readableEnded || socket.writableEnded;
}

/** The port that the kernel gave, or was asked for. */
export function boundPort(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
