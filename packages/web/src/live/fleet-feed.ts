import type { Device } from '@perista/protocol/api';
import type { FleetSnapshot, SubscribeAnswer } from '@perista/protocol/live';
import { useSyncExternalStore } from 'react';
import { live } from './live.ts';
import type { LiveSocket } from './live-client.ts';
import type { SocketSource } from './socketService.ts';

const ANSWER_LIMIT_MS = 5_000;
const AGAIN_MS = 1_000;
/** News of many devices that come in one go are shown in one go. */
const SHOWN_TOGETHER_MS = 50;

/** The list of the fleet as this page knows it. */
export interface FleetView {
  /** False until the first snapshot, and while the connection is lost. */
  readonly isLive: boolean;
  readonly broker: FleetSnapshot['broker'];
  /** Null until the first snapshot. */
  readonly devices: ReadonlyMap<string, Device> | null;
  /** The server's clock minus this browser's, ms. */
  readonly clockOffsetMs: number;
}

const NOTHING_YET: FleetView = {
  isLive: false,
  broker: { connected: true, reason: null },
  devices: null,
  clockOffsetMs: 0,
};

/** All devices, for as long as somebody looks: a snapshot, then each device that changed. */
class FleetFeed {
  readonly #source: SocketSource;
  readonly #watchers = new Set<() => void>();
  #socket: LiveSocket | null = null;
  /** As shown, and as known: what is shown changes in steps. */
  #view = NOTHING_YET;
  #pending = NOTHING_YET;
  #unwatch: () => void = () => {};
  #isToBeShown = false;

  constructor(source: SocketSource) {
    this.#source = source;
  }

  readonly view = (): FleetView => this.#view;

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    if (this.#watchers.size === 1) this.#begin();
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size === 0) this.#end();
    };
  };

  #begin(): void {
    this.#unwatch = this.#source.watch(() => this.#look());
    if (!this.#look() && this.#socket?.connected) this.#ask(this.#socket);
  }

  #end(): void {
    this.#unwatch();
    if (this.#socket?.connected) this.#socket.emit('unsubscribe:fleet');
    this.#view = NOTHING_YET;
    this.#pending = NOTHING_YET;
  }

  #look(): boolean {
    const { socket } = this.#source;
    if (socket === this.#socket) return false;
    this.#socket = socket;
    this.#become({ isLive: false });
    if (socket !== null) this.#attach(socket);
    return socket !== null;
  }

  #attach(socket: LiveSocket): void {
    const isWanted = () => socket === this.#socket && this.#watchers.size > 0;
    socket.on('connect', () => isWanted() && this.#ask(socket));
    socket.on('disconnect', () => isWanted() && this.#become({ isLive: false }));
    socket.on('broker:state', (broker) => isWanted() && this.#become({ broker }));
    socket.on('fleet:snapshot', (snapshot) => isWanted() && this.#take(snapshot));
    socket.on('fleet:device', ({ device }) => isWanted() && this.#put(device));
    socket.on('fleet:removed', ({ deviceId }) => isWanted() && this.#remove(deviceId));
    if (socket.connected) this.#ask(socket);
  }

  #ask(socket: LiveSocket): void {
    socket
      .timeout(ANSWER_LIMIT_MS)
      .emit('subscribe:fleet', (error: Error | null, answer: SubscribeAnswer<FleetSnapshot>) => {
        if (socket !== this.#socket || !socket.connected || this.#watchers.size === 0) return;
        if (error === null && answer.ok) this.#take(answer.snapshot);
        else setTimeout(() => socket === this.#socket && socket.connected && this.#ask(socket), AGAIN_MS);
      });
  }

  #take({ at, broker, devices }: FleetSnapshot): void {
    this.#become({
      isLive: true,
      broker,
      clockOffsetMs: Date.parse(at) - Date.now(),
      devices: new Map(devices.map((device) => [device.id, device])),
    });
  }

  #put(device: Device): void {
    if (this.#pending.devices !== null)
      this.#become({ devices: new Map(this.#pending.devices).set(device.id, device) });
  }

  #remove(deviceId: string): void {
    const devices = new Map(this.#pending.devices);
    if (devices.delete(deviceId)) this.#become({ devices });
  }

  #become(part: Partial<FleetView>): void {
    this.#pending = { ...this.#pending, ...part };
    if (this.#isToBeShown) return;
    this.#isToBeShown = true;
    setTimeout(() => this.#show(), SHOWN_TOGETHER_MS);
  }

  #show(): void {
    this.#isToBeShown = false;
    if (this.#watchers.size > 0) this.#view = this.#pending;
    for (const watcher of this.#watchers) watcher();
  }
}

const fleet = new FleetFeed(live);

export const useFleet = (): FleetView => useSyncExternalStore(fleet.watch, fleet.view);
