import type { Frames, PeerFrames } from '@perista/protocol/link';

/** The agent link in memory: frames arrive a moment after they were sent, in order. */
export class FakeLink {
  readonly #controllers = new Map<string, (frame: Uint8Array) => void>();
  #onAgentFrame: (peer: string, frame: Uint8Array) => void = () => {};
  isOpen = false;

  /** The agent opens its end. */
  readonly openAgentEnd = async (): Promise<PeerFrames> => {
    this.isOpen = true;
    return {
      send: (peer, frame) => {
        const deliver = this.#controllers.get(peer);
        if (deliver === undefined) return false;
        queueMicrotask(() => deliver(frame));
        return true;
      },
      onFrame: (listener) => {
        this.#onAgentFrame = listener;
      },
      close: async () => {
        this.isOpen = false;
        this.#onAgentFrame = () => {};
      },
    };
  };

  controllerEnd(peer: string): Frames {
    return {
      send: (frame) => {
        if (!this.isOpen) return false;
        queueMicrotask(() => this.#onAgentFrame(peer, frame));
        return true;
      },
      onFrame: (listener) => {
        this.#controllers.set(peer, listener);
      },
      close: async () => {
        this.#controllers.delete(peer);
      },
    };
  }
}
