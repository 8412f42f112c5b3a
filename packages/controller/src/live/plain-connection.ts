import type { Cancel, Clock, Log } from '@perista/core';
import { LIVE_CLOSE_CODES, type LiveClosing, type PlainLiveMessage } from '@perista/protocol/live';
import type { RawData, WebSocket } from 'ws';
import type { Login } from '../auth/login.ts';
import type { DeviceStreams } from '../fleet/device-streams.ts';
import type { NumberedDelta } from './delta.ts';
import type { LiveFeed } from './live-feed.ts';
import { PlainDevices } from './plain-devices.ts';
import { type Answer, Viewer, type ViewerLine } from './viewer.ts';
import type { Watcher } from './watchers.ts';

/** A client that answers none of the pings within one of these is gone. */
const PING_EVERY_MS = 5_000;

/** What a client may ask for: to begin anew, after a gap. */
const SUBSCRIBE = 'subscribe:pumps';

/** One tool that has logged in and speaks plain WebSocket. It watches the pumps from the start. */
export class PlainConnection implements ViewerLine, Watcher {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #feed: LiveFeed;
  readonly #socket: WebSocket;
  readonly #actor: string;
  readonly #devices: PlainDevices;
  #viewer: Viewer | null = null;
  #cancelPing: Cancel = () => {};
  #hasAnswered = true;

  constructor(
    ports: { clock: Clock; log: Log; feed: LiveFeed; streams: DeviceStreams },
    socket: WebSocket,
    { actor, username }: Login,
  ) {
    this.#clock = ports.clock;
    this.#log = ports.log;
    this.#feed = ports.feed;
    this.#socket = socket;
    this.#actor = actor.name;
    this.#devices = new PlainDevices(ports, username, this);
    socket.on('error', (error) => this.#log.info({ error: error.message }, 'a live connection failed'));
  }

  start(): void {
    this.#socket.on('close', () => this.#end());
    this.#socket.on('pong', () => {
      this.#hasAnswered = true;
    });
    this.#socket.on('message', (data, isBinary) => this.#onMessage(data, isBinary));
    this.#pingLater();
    this.#subscribe();
  }

  isWritable(): boolean {
    return this.#socket.readyState === this.#socket.OPEN && this.#socket.bufferedAmount === 0;
  }

  send({ name, args: [{ seq, ...data }] }: NumberedDelta): void {
    this.tell({ event: name, data, seq });
  }

  tell(message: PlainLiveMessage): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  close(reason: LiveClosing): void {
    this.#log.info({ reason, actor: this.#actor }, 'a live connection is closed');
    this.#end();
    this.tell({ event: 'live:closed', data: { reason }, seq: null });
    this.#socket.close(LIVE_CLOSE_CODES[reason], reason);
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const asked = isBinary ? null : questionIn(String(data));
    if (asked?.event === SUBSCRIBE) this.#subscribe();
    else if (asked !== null && this.#devices.ask(asked.event, asked.data)) return;
    else if (this.isWritable()) this.#refuse('E402', 'Only subscriptions to pumps and devices can be asked for here');
  }

  #subscribe(): void {
    this.#unsubscribe();
    const answer: Answer = (result) => {
      if (!result.ok) {
        this.#refuse(result.code, result.message);
        return this.close('unit-unreadable');
      }
      const { seq, ...data } = result.snapshot;
      this.tell({ event: 'pumps:snapshot', data, seq });
    };
    this.#viewer = new Viewer(this.#clock, this, answer);
    this.#feed.watch(this.#viewer);
  }

  #refuse(code: string, message: string): void {
    this.tell({ event: 'error', data: { code, message }, seq: null });
  }

  #pingLater(): void {
    this.#cancelPing = this.#clock.after(PING_EVERY_MS, () => {
      if (!this.#hasAnswered) return this.#socket.terminate();
      this.#hasAnswered = false;
      this.#socket.ping();
      this.#pingLater();
    });
  }

  #end(): void {
    this.#cancelPing();
    this.#unsubscribe();
    this.#devices.leave();
  }

  #unsubscribe(): void {
    if (this.#viewer !== null) this.#feed.leave(this.#viewer);
    this.#viewer = null;
  }
}

interface Question {
  readonly event: string;
  readonly data: unknown;
}

/** A client may send anything. */
function questionIn(text: string): Question | null {
  try {
    const asked: unknown = JSON.parse(text);
    if (typeof asked !== 'object' || asked === null || !('event' in asked)) return null;
    return typeof asked.event === 'string' ? { event: asked.event, data: 'data' in asked ? asked.data : null } : null;
  } catch {
    return null;
  }
}
