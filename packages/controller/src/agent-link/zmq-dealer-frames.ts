import type { Log } from '@perista/core';
import type { Frames } from '@perista/protocol/link';
import { Dealer } from 'zeromq';

/** Frames that wait for the socket; more than a burst of orders, far fewer than a backlog. */
const HIGH_WATER_MARK = 64;

/**
 * The controller's end of the agent link: a DEALER connected to `endpoint`. It holds nothing for an agent that is not
 * there, so that no order is delivered after its time.
 */
export function zmqDealerFrames(endpoint: string, log: Log): Frames {
  const socket = new Dealer({
    immediate: true,
    linger: 0,
    sendTimeout: 0,
    sendHighWaterMark: HIGH_WATER_MARK,
    receiveHighWaterMark: HIGH_WATER_MARK,
  });
  socket.connect(endpoint);
  return new ZmqDealerFrames(socket, log);
}

class ZmqDealerFrames implements Frames {
  readonly #socket: Dealer;
  readonly #log: Log;
  readonly #outgoing: Uint8Array[] = [];
  #sending: Promise<void> | null = null;
  #receiving: Promise<void> = Promise.resolve();

  constructor(socket: Dealer, log: Log) {
    this.#socket = socket;
    this.#log = log;
  }

  send(frame: Uint8Array): boolean {
    if (this.#socket.closed || this.#outgoing.length >= HIGH_WATER_MARK) return false;
    this.#outgoing.push(frame);
    this.#sending ??= this.#sendWaiting().finally(() => {
      this.#sending = null;
    });
    return true;
  }

  onFrame(listener: (frame: Uint8Array) => void): void {
    this.#receiving = this.#receive(listener);
  }

  async close(): Promise<void> {
    await this.#sending;
    this.#socket.close();
    await this.#receiving;
  }

  /** The socket takes one frame at a time; without a peer it refuses at once and the frame is dropped. */
  async #sendWaiting(): Promise<void> {
    for (let next = this.#outgoing.shift(); next !== undefined; next = this.#outgoing.shift()) {
      try {
        await this.#socket.send(next);
      } catch (thrown) {
        this.#log.debug({ reason: String(thrown) }, 'frame dropped: the agent is not there or does not read');
      }
    }
  }

  async #receive(listener: (frame: Uint8Array) => void): Promise<void> {
    for await (const [frame, ...rest] of this.#socket) {
      if (frame === undefined || rest.length > 0) continue;
      listener(frame);
    }
  }
}
