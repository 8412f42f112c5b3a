import {
  type ClientToServerEvents,
  type DeviceClientEvents,
  type DeviceClosing,
  type DeviceServerEvents,
  LIVE_PATH,
  type LiveClosing,
  type LiveRefusal,
  type PumpsSnapshot,
  type ServerToClientEvents,
  type SubscribeAnswer,
} from '@perista/protocol/live';
import { io, type Socket } from 'socket.io-client';
import { type LiveNews, type LiveState, NOTHING_YET, takeNews, takeSnapshot } from './live-state.ts';

const SNAPSHOT_LIMIT_MS = 5_000;
const LONGEST_RECONNECT_DELAY_MS = 2_000;

const NOT_LOGGED_IN = 'E401';
/** Told why, a page does not come back by itself. */
const STAYS_AWAY: ReadonlySet<LiveClosing> = new Set(['logged-out', 'too-many-viewers']);

export type LiveSocket = Socket<
  ServerToClientEvents & DeviceServerEvents & DeviceClosing,
  ClientToServerEvents & DeviceClientEvents
>;

const NEWS = ['pump:state', 'pump:removed', 'unit:state', 'dose:progress', 'dose:settled', 'event'] as const;

export interface LiveHearers {
  /** Hears every message that was taken, in order. */
  readonly onNews: (news: LiveNews) => void;
  /** Messages were missed: the snapshot has what came of them, but not what they told. */
  readonly onMissed: () => void;
}

/**
 * The screen's view of the unit: snapshot, then deltas. After a gap or a reconnect it asks for a new snapshot, so that
 * an old dose is never shown as running.
 */
export class LiveClient {
  #state: LiveState = NOTHING_YET;
  #socket: LiveSocket | null = null;
  #isSubscribing = false;
  readonly #watchers = new Set<() => void>();
  readonly #hearers: LiveHearers;

  constructor(hearers: LiveHearers) {
    this.#hearers = hearers;
  }

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  readonly state = (): LiveState => this.#state;

  /** The connection that everything comes by; null while nobody is logged in. */
  get socket(): LiveSocket | null {
    return this.#socket;
  }

  start(): void {
    const socket: LiveSocket = io({
      path: LIVE_PATH,
      transports: ['websocket', 'polling'],
      forceNew: true,
      reconnectionDelay: 200,
      reconnectionDelayMax: LONGEST_RECONNECT_DELAY_MS,
    });
    this.#socket = socket;
    socket.on('connect', () => this.#subscribe());
    socket.on('disconnect', (reason) => {
      this.#lose();
      // The server hung up, and said why just before; unless it wants us gone we come back.
      if (reason === 'io server disconnect' && this.#state.connection.kind !== 'closed') socket.connect();
    });
    socket.on('connect_error', (error: Error & { data?: LiveRefusal }) => {
      this.#lose();
      // Whoever was refused is not tried again by the library.
      if (!socket.active) this.#onRefusal(socket, error.data);
    });
    socket.on('live:closed', ({ reason }) => {
      if (STAYS_AWAY.has(reason)) this.#become({ ...this.#state, connection: { kind: 'closed', reason } });
    });
    socket.on('pumps:snapshot', (snapshot) => this.#begin(snapshot));
    for (const kind of NEWS) socket.on(kind, (news: object) => this.#take({ kind, ...news } as LiveNews));
    this.#become(NOTHING_YET);
  }

  stop(): void {
    this.#socket?.disconnect();
    this.#socket?.off();
    this.#socket = null;
    this.#become(NOTHING_YET);
  }

  #onRefusal(socket: LiveSocket, refusal: LiveRefusal | undefined): void {
    if (refusal?.code === NOT_LOGGED_IN) {
      this.#become({ ...this.#state, connection: { kind: 'closed', reason: 'logged-out' } });
    } else {
      this.#comeBackLater(socket);
    }
  }

  #subscribe(): void {
    if (this.#isSubscribing) return;
    this.#isSubscribing = true;
    const socket = this.#socket;
    socket
      ?.timeout(SNAPSHOT_LIMIT_MS)
      .emit('subscribe:pumps', (error: Error | null, answer: SubscribeAnswer<PumpsSnapshot>) => {
        this.#isSubscribing = false;
        if (socket !== this.#socket || !socket.connected) return;
        if (error === null && answer.ok) this.#begin(answer.snapshot);
        else this.#comeBackLater(socket.disconnect());
      });
  }

  #begin(snapshot: PumpsSnapshot): void {
    const isAnew = this.#state.unit !== null;
    this.#become(takeSnapshot(this.#state, snapshot));
    if (isAnew) this.#hearers.onMissed();
  }

  #comeBackLater(socket: LiveSocket): void {
    setTimeout(() => socket === this.#socket && socket.connect(), LONGEST_RECONNECT_DELAY_MS);
  }

  #take(news: LiveNews): void {
    if (this.#state.connection.kind !== 'live' || this.#isSubscribing) return;
    const next = takeNews(this.#state, news);
    if (next === 'gap') {
      this.#subscribe();
      return;
    }
    this.#become(next);
    this.#hearers.onNews(news);
  }

  #lose(): void {
    this.#isSubscribing = false;
    const { connection } = this.#state;
    if (connection.kind === 'live' || connection.kind === 'connecting') {
      this.#become({ ...this.#state, connection: { kind: 'lost', sinceMs: Date.now() } });
    }
  }

  #become(state: LiveState): void {
    this.#state = state;
    for (const watcher of this.#watchers) watcher();
  }
}
