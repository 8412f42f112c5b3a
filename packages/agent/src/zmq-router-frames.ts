import { type Log, PeristaError } from '@perista/core';
import { type PeerFrames, SendQueue } from '@perista/protocol/link';
import { Router } from 'zeromq';

/** What was said last, such as the end of a dose at a stop, may still go out for so long after the socket is closed. */
const LINGER_MS = 200;

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
    linger: LINGER_MS,
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
  readonly #outgoing: SendQueue<[peer: Buffer, frame: Uint8Array]>;
  #receiving: Promise<void> = Promise.resolve();

  constructor(socket: Router, log: Log) {
    this.#socket = socket;
    this.#outgoing = new SendQueue(
      HIGH_WATER_MARK,
      (next) => socket.send(next),
      (reason) => log.debug({ reason: String(reason) }, 'frame dropped: its peer is gone or does not read'),
    );
  }

  send(peer: string, frame: Uint8Array): boolean {
    return !this.#socket.closed && this.#outgoing.push([Buffer.from(peer, 'hex'), frame]);
  }

  onFrame(listener: (peer: string, frame: Uint8Array) => void): void {
    this.#receiving = this.#receive(listener);
  }

  async close(): Promise<void> {
    await this.#outgoing.drained();
    this.#socket.close();
    await this.#receiving;
  }

  async #receive(listener: (peer: string, frame: Uint8Array) => void): Promise<void> {
    for await (const [peer, frame, ...rest] of this.#socket) {
      if (peer === undefined || frame === undefined || rest.length > 0) continue;
      listener(peer.toString('hex'), frame);
    }
  }
}
