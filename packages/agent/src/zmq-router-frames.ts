import { type Log, PeristaError } from '@perista/core';
import type { PeerFrames } from '@perista/protocol/link';
import { Router } from 'zeromq';

/** Frames waiting for one peer or for us; more are dropped, as a dead link would. */
const HIGH_WATER_MARK = 256;

/**
 * The agent's end of the link: a ROUTER bound to `endpoint`, `ipc://…` or `tcp://…`. Nothing is queued for a peer that
 * is gone. A second bind to a live ipc path would steal its traffic: the caller holds the exclusive lock.
 * @throws PeristaError E305 if the endpoint cannot be bound
 */
export async function zmqRouterFrames(endpoint: string, log: Log): Promise<PeerFrames> {
  const socket = new Router({
    mandatory: true,
    linger: 0,
    sendTimeout: 0,
    sendHighWaterMark: HIGH_WATER_MARK,
    receiveHighWaterMark: HIGH_WATER_MARK,
  });
  try {
    await socket.bind(endpoint);
  } catch (cause) {
    socket.close();
    throw new PeristaError('E305', `The agent cannot listen on ${endpoint}: ${String(cause)}`, { cause });
  }
  return new ZmqRouterFrames(socket, log);
}

class ZmqRouterFrames implements PeerFrames {
  readonly #socket: Router;
  readonly #log: Log;
  readonly #outgoing: [peer: Buffer, frame: Uint8Array][] = [];
  #sending: Promise<void> | null = null;
  #receiving: Promise<void> = Promise.resolve();

  constructor(socket: Router, log: Log) {
    this.#socket = socket;
    this.#log = log;
  }

  send(peer: string, frame: Uint8Array): boolean {
    if (this.#socket.closed || this.#outgoing.length >= HIGH_WATER_MARK) return false;
    this.#outgoing.push([Buffer.from(peer, 'hex'), frame]);
    this.#sending ??= this.#sendWaiting().finally(() => {
      this.#sending = null;
    });
    return true;
  }

  onFrame(listener: (peer: string, frame: Uint8Array) => void): void {
    this.#receiving = this.#receive(listener);
  }

  async close(): Promise<void> {
    await this.#sending;
    this.#socket.close();
    await this.#receiving;
  }

  /** The socket takes one frame at a time. */
  async #sendWaiting(): Promise<void> {
    for (let next = this.#outgoing.shift(); next !== undefined; next = this.#outgoing.shift()) {
      try {
        await this.#socket.send(next);
      } catch (thrown) {
        this.#log.debug({ reason: String(thrown) }, 'frame dropped: its peer is gone or does not read');
      }
    }
  }

  async #receive(listener: (peer: string, frame: Uint8Array) => void): Promise<void> {
    for await (const [peer, frame, ...rest] of this.#socket) {
      if (peer === undefined || frame === undefined || rest.length > 0) continue;
      listener(peer.toString('hex'), frame);
    }
  }
}
