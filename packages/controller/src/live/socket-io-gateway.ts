import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { type Clock, isPeristaError, type Log } from '@perista/core';
import { LIVE_PATH, type LiveRefusal } from '@perista/protocol/live';
import { Server } from 'socket.io';
import { type LoginProof, proofOf } from '../auth/login-proof.ts';
import type { DeviceStreams } from '../fleet/device-streams.ts';
import { failureFields } from '../log-fields.ts';
import type { LiveFeed } from './live-feed.ts';
import type { LiveServer, LiveSocket } from './live-socket.ts';
import { SocketIoConnection } from './socket-io-connection.ts';
import type { Watchers } from './watchers.ts';

interface SocketIoPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly server: HttpServer;
  readonly feed: LiveFeed;
  readonly streams: DeviceStreams;
  readonly watchers: Watchers;
}

/** A client has little to say. */
const MAX_MESSAGE_BYTES = 4_096;
/** A browser sees a server that hangs after both of these, and one that died at once. */
const PING_EVERY_MS = 2_000;
const PONG_WITHIN_MS = 3_000;
/** Connections that have not logged in yet count here, too. */
const MAX_CONNECTIONS = 300;
const LOG_IN_WITHIN_MS = 5_000;

/** Socket.IO on the server of the API. */
export class SocketIoGateway {
  readonly #ports: SocketIoPorts;
  readonly #io: LiveServer;

  constructor(ports: SocketIoPorts) {
    this.#ports = ports;
    this.#io = new Server({
      path: LIVE_PATH,
      serveClient: false,
      transports: ['websocket', 'polling'],
      maxHttpBufferSize: MAX_MESSAGE_BYTES,
      pingInterval: PING_EVERY_MS,
      pingTimeout: PONG_WITHIN_MS,
      connectTimeout: LOG_IN_WITHIN_MS,
      allowRequest: (request, done) => {
        const refusal = this.#refusal(request);
        done(refusal, refusal === null);
      },
    });
  }

  start(): void {
    this.#io.use((socket, next) => next(this.#logIn(socket)));
    this.#io.on('connection', (socket) => this.#welcome(socket));
    this.#io.attach(this.#ports.server);
    this.#io.engine.on('headers', (headers: Record<string, string>) => {
      headers['x-content-type-options'] = 'nosniff';
    });
  }

  stop(): void {
    this.#io.engine.close();
  }

  #refusal({ headers }: IncomingMessage): string | null {
    if (this.#io.engine.clientsCount >= MAX_CONNECTIONS) return 'E408 Too many connections';
    try {
      this.#ports.watchers.refuseStrangers(headers);
      return null;
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      this.#ports.log.info(failureFields(error), 'a live connection was refused');
      return `${error.code} ${error.message}`;
    }
  }

  /** Notes who it is, or says why nobody may come in. */
  #logIn(socket: LiveSocket): Error | undefined {
    try {
      socket.data.login = this.#ports.watchers.logIn(proofOfSocket(socket));
      return undefined;
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      return Object.assign(new Error(error.message), { data: { code: error.code } satisfies LiveRefusal });
    }
  }

  #welcome(socket: LiveSocket): void {
    const connection = new SocketIoConnection(this.#ports, socket);
    const leave = this.#ports.watchers.seat(connection, proofOfSocket(socket), socket.data.login);
    if (leave === null) connection.close('too-many-viewers');
    else socket.on('disconnect', leave);
  }
}

/** Scripts without cookies send an API token, in a header or, from where none can be set, in the handshake. */
function proofOfSocket({ handshake: { headers, auth } }: LiveSocket): LoginProof {
  return { ...proofOf(headers), ...(typeof auth.token === 'string' && { bearer: auth.token }) };
}
