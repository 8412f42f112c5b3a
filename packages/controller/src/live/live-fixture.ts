import { connect, type Socket as Tcp } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ClientToServerEvents, PlainLiveMessage, ServerToClientEvents } from '@perista/protocol/live';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { startFixture } from '../http/http-fixture.ts';
import { originGuard } from '../origin/origin-guard.ts';
import { LiveFeed } from './live-feed.ts';
import { LiveGateway } from './live-gateway.ts';

export type Client = Socket<ServerToClientEvents, ClientToServerEvents>;

/** A tool that speaks plain WebSocket: what it heard, and how it ended. */
export interface PlainClient {
  readonly socket: WebSocket;
  readonly heard: PlainLiveMessage[];
  /** Status of HTTP where it was not let in, and what was said then. */
  refusal: { readonly status: number | undefined; readonly body: string } | null;
  closed: { readonly code: number; readonly reason: string } | null;
}

const LIMIT_MS = 5_000;

/** The real gateway on the real HTTP server, listening; log-ins are real, time is virtual, the services are fakes. */
export async function startLive() {
  const { app, accounts, bus, clock, log, ...fixture } = await startFixture();
  const feed = new LiveFeed({ clock, log, bus, services: fixture.services, isAgentPresent: () => true });
  const gateway = new LiveGateway({
    clock,
    log,
    server: app.server,
    guard: originGuard({ boundHost: '127.0.0.1' }),
    logins: accounts.logins,
    bus,
    feed,
    streams: fixture.fleet.streams,
  });
  gateway.start();
  fixture.fleet.start();
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const clients: { disconnect(): void }[] = [];

  /** Lets virtual time and real sockets go on until `condition` holds. */
  const eventually = async (condition: () => boolean, what: string): Promise<void> => {
    const deadlineMs = performance.now() + LIMIT_MS;
    while (!condition()) {
      if (performance.now() > deadlineMs) throw new Error(`not within ${LIMIT_MS} ms: ${what}`);
      await clock.advance(20);
      await new Promise(setImmediate);
    }
  };

  const connectClient = (options: Partial<ManagerOptions & SocketOptions> = {}): Client => {
    const client: Client = io(url, { transports: ['websocket'], reconnection: false, forceNew: true, ...options });
    clients.push(client);
    return client;
  };

  /** A client with a session, or as `options` say; connected. */
  const join = async (options: Partial<ManagerOptions & SocketOptions> = {}): Promise<Client> => {
    const client = connectClient({ extraHeaders: { cookie: await cookie() }, ...options });
    await eventually(() => client.connected, 'a client is let in');
    return client;
  };

  const cookie = async () => `perista_session=${await fixture.logIn()}`;

  /** What a client that is not let in is told. */
  const refused = async (options: Partial<ManagerOptions & SocketOptions>): Promise<Error & { data?: unknown }> => {
    const client = connectClient(options);
    let failure: Error | undefined;
    client.on('connect_error', (error) => {
      failure = error;
    });
    await eventually(() => failure !== undefined || client.connected, 'a client is refused');
    if (failure === undefined) throw new Error('the client was let in');
    return failure;
  };

  /** A client of the plain WebSocket, with a session or as `options` say; let in or refused. */
  const joinPlain = async (options?: ClientOptions): Promise<PlainClient> => {
    const headers = options?.headers ?? { cookie: await cookie() };
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { ...options, headers });
    clients.push({ disconnect: () => socket.terminate() });
    const client: PlainClient = { socket, heard: [], refusal: null, closed: null };
    socket.on('message', (data) => client.heard.push(JSON.parse(String(data))));
    socket.on('error', () => {});
    socket.on('close', (code, reason) => {
      client.closed = { code, reason: String(reason) };
    });
    socket.on('unexpected-response', async (_, response) => {
      client.refusal = { status: response.statusCode, body: await text(response) };
    });
    const isIn = () => socket.readyState === socket.OPEN;
    await eventually(() => isIn() || client.refusal !== null || client.closed !== null, 'a tool is answered');
    return client;
  };

  /** A client by hand that speaks WebSocket, as far as it takes to subscribe, and can stop reading. */
  const joinRaw = async (): Promise<{ tcp: Tcp; received: () => string; send: (text: string) => void }> => {
    const tcp = connect(Number(new URL(url).port), '127.0.0.1');
    clients.push({ disconnect: () => tcp.destroy() });
    let received = '';
    tcp.on('data', (bytes) => {
      received += bytes.toString('latin1');
    });
    tcp.on('error', () => {});
    const send = (packet: string) => tcp.write(frame(packet));
    const head = ['GET /socket.io/?EIO=4&transport=websocket HTTP/1.1', `Host: ${new URL(url).host}`];
    const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
    const key = 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==';
    tcp.write(`${[...head, ...upgrade, key, `Cookie: ${await cookie()}`].join('\r\n')}\r\n\r\n`);
    await eventually(() => received.includes('"sid"'), 'a connection by hand is open');
    send('40');
    await eventually(() => received.includes('40{"sid"'), 'a connection by hand is let in');
    return { tcp, received: () => received, send };
  };

  const stop = async () => {
    for (const client of clients.splice(0)) client.disconnect();
    const stopped = gateway.stop();
    let isStopped = false;
    void stopped.then(() => {
      isStopped = true;
    });
    await eventually(() => isStopped, 'the gateway stops');
    await app.close();
  };
  onTestFinished(stop);

  return {
    ...fixture,
    app,
    accounts,
    bus,
    clock,
    connectClient,
    cookie,
    eventually,
    gateway,
    join,
    joinPlain,
    joinRaw,
    log,
    refused,
    url,
  };
}

/** A masked text frame; the mask is zero, so the text stands as it is. */
function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const head = body.length < 126 ? [0x81, 0x80 | body.length] : [0x81, 0xfe, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), body]);
}
