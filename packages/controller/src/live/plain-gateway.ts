import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Clock, isPeristaError, type Log, type PeristaError } from '@perista/core';
import { PLAIN_LIVE_PATH } from '@perista/protocol/live';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Login } from '../auth/login.ts';
import { proofOf } from '../auth/login-proof.ts';
import type { DeviceStreams } from '../fleet/device-streams.ts';
import { PROBLEM_TYPE, problemOf } from '../http/problem.ts';
import { failureFields } from '../log-fields.ts';
import type { LiveFeed } from './live-feed.ts';
import { PlainConnection } from './plain-connection.ts';
import type { Watchers } from './watchers.ts';

interface PlainPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly server: HttpServer;
  readonly feed: LiveFeed;
  readonly streams: DeviceStreams;
  readonly watchers: Watchers;
}

/** A client has little to say. */
const MAX_MESSAGE_BYTES = 4_096;

/** A plain WebSocket on the server of the API, for tools without Socket.IO: who is let in watches the pumps at once. */
export class PlainGateway {
  readonly #ports: PlainPorts;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });

  constructor(ports: PlainPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#ports.server.on('upgrade', this.#onUpgrade);
  }

  stop(): void {
    this.#ports.server.off('upgrade', this.#onUpgrade);
  }

  readonly #onUpgrade = (request: IncomingMessage, tcp: Duplex, head: Buffer): void => {
    if (pathOf(request) !== PLAIN_LIVE_PATH) return;
    const { log, watchers } = this.#ports;
    const onTcpError = () => tcp.destroy();
    tcp.on('error', onTcpError);
    try {
      watchers.refuseStrangers(request.headers);
      const login = watchers.logIn(proofOf(request.headers));
      tcp.off('error', onTcpError);
      this.#sockets.handleUpgrade(request, tcp, head, (socket) => this.#welcome(socket, request, login));
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      log.info(failureFields(error), 'a live connection was refused');
      refuse(tcp, error);
    }
  };

  #welcome(socket: WebSocket, { headers }: IncomingMessage, login: Login): void {
    const connection = new PlainConnection(this.#ports, socket, login);
    const leave = this.#ports.watchers.seat(connection, proofOf(headers), login);
    if (leave === null) {
      connection.close('too-many-viewers');
      return;
    }
    socket.on('close', leave);
    connection.start();
  }
}

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0] ?? '';

/** As a request is refused, for there is no connection yet. */
function refuse(tcp: Duplex, { code, message }: PeristaError): void {
  const problem = problemOf(code, message);
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  tcp.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
