import type { DeviceAnswer, DeviceServerEvents, DeviceSnapshot } from '@perista/protocol/live';
import { type DeviceNews, type DeviceView, NO_DEVICE_YET, takeDeviceNews } from './device-state.ts';
import type { LiveSocket } from './live-client.ts';
import { type StartOutcome, startOutcome } from './start-outcome.ts';

const ANSWER_LIMIT_MS = 5_000;
const AGAIN_MS = 1_000;

const MESSAGES = [
  ...(['device:progress', 'device:error', 'device:status', 'device:infusion:confirmed'] as const),
  ...(['device:infusion:completed', 'device:infusion', 'device:command', 'device:alarm'] as const),
  ...(['device:gap', 'device:presence'] as const),
] satisfies readonly (keyof DeviceServerEvents)[];

/** The connection of this page, which is made and dropped with the log-in. */
export interface SocketSource {
  readonly socket: LiveSocket | null;
  /** Calls back whenever it may have changed. */
  watch(changed: () => void): () => void;
}

export type DeviceHearer = (news: DeviceNews) => void;

interface Subscription {
  readonly hearers: Set<DeviceHearer>;
  view: DeviceView;
}

/** Live news of remote devices, over the page's one connection. A device is subscribed to while somebody listens. */
export class SocketService {
  readonly #source: SocketSource;
  readonly #devices = new Map<string, Subscription>();
  #socket: LiveSocket | null = null;
  #unwatch: () => void = () => {};

  constructor(source: SocketSource) {
    this.#source = source;
  }

  /** Hears a snapshot first, then what changes; a new snapshot after each interruption. */
  subscribe(deviceId: string, hearer: DeviceHearer): () => void {
    if (this.#devices.size === 0) this.#unwatch = this.#source.watch(() => this.#look());
    const known = this.#devices.get(deviceId);
    const subscription = known ?? { hearers: new Set(), view: NO_DEVICE_YET };
    subscription.hearers.add(hearer);
    this.#devices.set(deviceId, subscription);
    const hasAsked = this.#look();
    if (known === undefined && !hasAsked && this.#socket?.connected) this.#ask(this.#socket, deviceId);
    return () => this.#leave(deviceId, subscription, hearer);
  }

  /** What is known of a device that is subscribed to. */
  view(deviceId: string): DeviceView {
    return this.#devices.get(deviceId)?.view ?? NO_DEVICE_YET;
  }

  /**
   * Resolves when it is known what became of a start: by the state of its own infusion, so that neither a foreign
   * confirmation nor one of an earlier start ends the wait.
   * @throws the reason of `signal` when it is aborted
   */
  waitForConfirmation(deviceId: string, commandId: string, signal: AbortSignal): Promise<StartOutcome> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const finish = () => {
        leave();
        signal.removeEventListener('abort', giveUp);
      };
      const giveUp = () => {
        finish();
        reject(signal.reason);
      };
      const look = () => {
        const outcome = startOutcome(this.view(deviceId).device, commandId);
        if (outcome === null) return;
        finish();
        resolve(outcome);
      };
      const leave = this.subscribe(deviceId, look);
      signal.addEventListener('abort', giveUp);
      look();
    });
  }

  /** Whether there is another connection, on which everything was asked for anew. */
  #look(): boolean {
    const { socket } = this.#source;
    if (socket === this.#socket) return false;
    this.#socket = socket;
    this.#tellAll({ kind: 'lost' });
    if (socket !== null) this.#attach(socket);
    return socket !== null;
  }

  #attach(socket: LiveSocket): void {
    const isCurrent = () => socket === this.#socket;
    socket.on('connect', () => isCurrent() && this.#askAll(socket));
    socket.on('disconnect', () => isCurrent() && this.#tellAll({ kind: 'lost' }));
    socket.on('device:snapshot', (snapshot) => isCurrent() && this.#begin(snapshot));
    socket.on('device:closed', (closed) => isCurrent() && this.#tell(closed.deviceId, { kind: 'refused', ...closed }));
    socket.on('broker:state', (broker) => isCurrent() && this.#tellAll({ kind: 'broker', broker }));
    for (const kind of MESSAGES) {
      socket.on(kind, (message: { readonly deviceId: string }) => {
        if (isCurrent()) this.#tell(message.deviceId, { kind, ...message } as DeviceNews);
      });
    }
    if (socket.connected) this.#askAll(socket);
  }

  #askAll(socket: LiveSocket): void {
    for (const deviceId of this.#devices.keys()) this.#ask(socket, deviceId);
  }

  #ask(socket: LiveSocket, deviceId: string): void {
    socket
      .timeout(ANSWER_LIMIT_MS)
      .emit('subscribe:device', { deviceId }, (error: Error | null, answer: DeviceAnswer) => {
        if (socket !== this.#socket || !socket.connected || !this.#devices.has(deviceId)) return;
        if (error !== null) setTimeout(() => socket.connected && this.#ask(socket, deviceId), AGAIN_MS);
        else if (answer.ok) this.#begin(answer.snapshot);
        else this.#tell(deviceId, { kind: 'refused', code: answer.code, message: answer.message });
      });
  }

  #begin(snapshot: DeviceSnapshot): void {
    this.#tell(snapshot.device.id, { kind: 'snapshot', snapshot });
  }

  #leave(deviceId: string, subscription: Subscription, hearer: DeviceHearer): void {
    subscription.hearers.delete(hearer);
    if (subscription.hearers.size > 0 || this.#devices.get(deviceId) !== subscription) return;
    this.#devices.delete(deviceId);
    if (this.#socket?.connected) this.#socket.emit('unsubscribe:device', { deviceId });
    if (this.#devices.size === 0) this.#unwatch();
  }

  #tellAll(news: DeviceNews): void {
    for (const deviceId of this.#devices.keys()) this.#tell(deviceId, news);
  }

  #tell(deviceId: string, news: DeviceNews): void {
    const subscription = this.#devices.get(deviceId);
    if (subscription === undefined) return;
    subscription.view = takeDeviceNews(subscription.view, news, Date.now());
    for (const hearer of [...subscription.hearers]) hearer(news);
  }
}
