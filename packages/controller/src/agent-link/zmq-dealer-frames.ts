import type { Log } from '@perista/core';
import { type Frames, SendQueue } from '@perista/protocol/link';
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
  readonly #outgoing: SendQueue<Uint8Array>;
  #receiving: Promise<void> = Promise.resolve();

  constructor(socket: Dealer, log: Log) {
    this.#socket = socket;
    this.#outgoing = new SendQueue(
      HIGH_WATER_MARK,
      (next) => socket.send(next),
      (reason) => log.debug({ reason: String(reason) }, 'frame dropped: the agent is not there or does not read'),
    );
  }

  send(frame: Uint8Array): boolean {
    return !this.#socket.closed && this.#socket.writable && this.#outgoing.push(frame);
  }

  onFrame(listener: (frame: Uint8Array) => void): void {
    this.#receiving = this.#receive(listener);
  }

  async close(): Promise<void> {
    await this.#outgoing.drained();
    this.#socket.close();
    await this.#receiving;
  }

  async #receive(listener: (frame: Uint8Array) => void): Promise<void> {
    for await (const [frame, ...rest] of this.#socket) {
      if (frame === undefined || rest.length > 0) continue;
      listener(frame);
    }
  }
}
