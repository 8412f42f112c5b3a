import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Clock, isPeristaError, type Log, sleep } from '@perista/core';
import {
  type ClientToServerEvents,
  LIVE_PATH,
  type LiveRefusal,
  type ServerToClientEvents,
} from '@perista/protocol/live';
import { Server } from 'socket.io';
import type { Login } from '../auth/login.ts';
import { type LoginProof, proofOf } from '../auth/login-proof.ts';
import { type Logins, loginBehind } from '../auth/logins.ts';
import type { EventBus } from '../events/event-bus.ts';
import { failureFields } from '../log-fields.ts';
import type { OriginGuard } from '../origin/origin-guard.ts';
import type { LiveFeed } from './live-feed.ts';
import { LoginWatch } from './login-watch.ts';
import { type LiveSocket, SocketIoConnection } from './socket-io-connection.ts';
import { ViewerSeats } from './viewer-seats.ts';

export interface LiveGatewayPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** The server of the API; not listening yet. */
  readonly server: HttpServer;
  readonly guard: OriginGuard;
  readonly logins: Pick<Logins, 'authenticate'>;
  readonly bus: EventBus;
  readonly feed: LiveFeed;
}

/** A client has little to say. */
const MAX_MESSAGE_BYTES = 4_096;
/** A browser sees a server that hangs after both of these, and one that died at once. */
const PING_EVERY_MS = 2_000;
const PONG_WITHIN_MS = 3_000;
/** Connections that have not logged in yet count here, too. */
const MAX_CONNECTIONS = 300;
const LOG_IN_WITHIN_MS = 5_000;
/** How long a stop waits for browsers to take their last message. */
const FAREWELL_MS = 300;

type LiveServer = Server<ClientToServerEvents, ServerToClientEvents, Record<string, never>, { login: Login }>;

/** Socket.IO on the server of the API: who may watch, how many, and until when. */
export class SocketIoGateway {
  readonly #ports: LiveGatewayPorts;
  readonly #io: LiveServer;
  readonly #seats = new ViewerSeats();
  readonly #loginWatch: LoginWatch;
  readonly #connections = new Set<SocketIoConnection>();
  /** Connections that the HTTP server has given away and does not close. */
  readonly #upgraded = new Set<Duplex>();
  #isStopping = false;

  constructor(ports: LiveGatewayPorts) {
    this.#ports = ports;
    this.#loginWatch = new LoginWatch(ports);
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

  /** Who is logged in and connected now. */
  get viewers(): number {
    return this.#connections.size;
  }

  start(): void {
    const { server, feed, bus } = this.#ports;
    feed.start();
    this.#io.use((socket, next) => next(this.#logIn(socket)));
    this.#io.on('connection', (socket) => this.#welcome(socket));
    this.#io.attach(server);
    this.#io.engine.on('headers', (headers: Record<string, string>) => {
      headers['x-content-type-options'] = 'nosniff';
    });
    server.on('upgrade', this.#keepUpgraded);
    bus.subscribe(this, 'login-ended', ({ loginId }) => this.#endLogin(loginId));
  }

  /** Tells all viewers and closes their connections; the HTTP server goes on until it is closed itself. */
  async stop(): Promise<void> {
    const { bus, clock, feed, server } = this.#ports;
    this.#isStopping = true;
    feed.stop();
    bus.unsubscribeAll(this);
    for (const connection of this.#connections) connection.close('server-stopping');
    const gone = [...this.#upgraded].map((tcp) => new Promise((resolve) => tcp.once('close', resolve)));
    await Promise.race([Promise.all(gone), sleep(clock, FAREWELL_MS)]);
    for (const tcp of this.#upgraded) tcp.destroy();
    this.#io.engine.close();
    server.off('upgrade', this.#keepUpgraded);
  }

  readonly #keepUpgraded = (_request: IncomingMessage, tcp: Duplex): void => {
    this.#upgraded.add(tcp);
    tcp.once('close', () => this.#upgraded.delete(tcp));
  };

  /** Decided before anything is answered: a web page of somebody else gets no connection at all. */
  #refusal({ headers }: IncomingMessage): string | null {
    // Clients come back within a moment; while it stops they would be told nothing, and hold it up.
    if (this.#isStopping) return 'E201 The server is stopping';
    if (this.#io.engine.clientsCount >= MAX_CONNECTIONS) return 'E408 Too many connections';
    try {
      // Browsers let any page open a connection, and send our cookie along: it is guarded as a write is.
      this.#ports.guard('POST', headers);
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
      socket.data.login = loginBehind(this.#ports.logins, proofOfSocket(socket));
      return undefined;
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      return Object.assign(new Error(error.message), { data: { code: error.code } satisfies LiveRefusal });
    }
  }

  #welcome(socket: LiveSocket): void {
    const connection = new SocketIoConnection(this.#ports, socket);
    if (!this.#seats.take(connection.loginId)) {
      connection.close('too-many-viewers');
      return;
    }
    this.#connections.add(connection);
    const cancelWatch = this.#loginWatch.watch(proofOfSocket(socket), socket.data.login, () =>
      connection.close('logged-out'),
    );
    socket.on('disconnect', () => {
      cancelWatch();
      this.#connections.delete(connection);
      this.#seats.giveBack(connection.loginId);
    });
  }

  #endLogin(loginId: string): void {
    for (const connection of this.#connections) {
      if (connection.loginId === loginId) connection.close('logged-out');
    }
  }
}

/** Scripts without cookies send an API token, in a header or, from where none can be set, in the handshake. */
function proofOfSocket({ handshake: { headers, auth } }: LiveSocket): LoginProof {
  return { ...proofOf(headers), ...(typeof auth.token === 'string' && { bearer: auth.token }) };
}
