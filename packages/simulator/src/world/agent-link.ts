import type { Clock, Random } from '@perista/core';
import type { Frames, PeerFrames } from '@perista/protocol/link';
import type { Life } from './life.ts';

/** What can be wrong with the way between controller and agent. */
export interface LinkConditions {
  /** Time of a frame on its way, ms, and what chance adds to it at most. */
  delayMs: number;
  jitterMs: number;
  /** Probabilities that a frame is lost, or arrives twice. */
  loss: number;
  duplication: number;
  /** No frame can be handed over; both ends are told. */
  isCut: boolean;
  /** Frames are taken and never arrive; nobody is told. */
  isHalfOpen: boolean;
}

const SOUND: LinkConditions = {
  delayMs: 0.3,
  jitterMs: 0.2,
  loss: 0,
  duplication: 0,
  isCut: false,
  isHalfOpen: false,
};

/** Frames on a stream are so far apart that no rounding of instants lets one pass another. */
const APART_MS = 0.001;

interface AgentEnd {
  readonly life: Life;
  hear: (peer: string, frame: Uint8Array) => void;
}

interface ControllerEnd {
  readonly life: Life;
  isOpen: boolean;
  hear: (frame: Uint8Array) => void;
}

/** A frame that arrives, from the controller (`down`) or the agent (`up`). */
export type OnArrival = (way: 'down' | 'up', frame: Uint8Array) => void;

/** The wire between controllers and the agent. What was sent before its sender died still arrives. */
export class AgentLink {
  readonly conditions: LinkConditions = { ...SOUND };
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #onArrival: OnArrival;
  readonly #controllers = new Map<string, ControllerEnd>();
  #agent: AgentEnd | null = null;
  #peers = 0;
  #lastDownMs = 0;
  #lastUpMs = 0;

  constructor(clock: Clock, random: Random, onArrival: OnArrival) {
    this.#clock = clock;
    this.#random = random;
    this.#onArrival = onArrival;
  }

  change(conditions: Partial<LinkConditions>): void {
    Object.assign(this.conditions, conditions);
  }

  makeSound(): void {
    Object.assign(this.conditions, SOUND);
  }

  openAgentEnd(life: Life): Promise<PeerFrames> {
    return life.act(() => {
      const end: AgentEnd = { life, hear: () => {} };
      this.#agent = end;
      return {
        send: (peer, frame) => life.tell(() => this.#sendUp(peer, frame), false),
        onFrame: (listener) => {
          end.hear = listener;
        },
        close: async () => {
          if (this.#agent === end) this.#agent = null;
        },
      };
    });
  }

  openControllerEnd(life: Life): Frames {
    const peer = `peer-${++this.#peers}`;
    const end: ControllerEnd = { life, isOpen: true, hear: () => {} };
    this.#controllers.set(peer, end);
    return {
      send: (frame) => life.tell(() => end.isOpen && this.#sendDown(peer, frame), false),
      onFrame: (listener) => {
        end.hear = listener;
      },
      close: async () => {
        end.isOpen = false;
        this.#controllers.delete(peer);
      },
    };
  }

  get #hasAgent(): boolean {
    return this.#agent !== null && !this.#agent.life.isOver;
  }

  #sendDown(peer: string, frame: Uint8Array): boolean {
    if (this.conditions.isCut || !this.#hasAgent) return this.conditions.isHalfOpen;
    for (let copy = this.#copies(); copy > 0; copy--) {
      this.#lastDownMs = this.#arriveAfter(this.#lastDownMs, () => {
        const agent = this.#agent;
        if (agent === null || agent.life.isOver) return;
        this.#onArrival('down', frame);
        agent.life.hear(() => agent.hear(peer, frame));
      });
    }
    return true;
  }

  #sendUp(peer: string, frame: Uint8Array): boolean {
    const controller = this.#controllers.get(peer);
    if (this.conditions.isCut || controller === undefined || controller.life.isOver) return this.conditions.isHalfOpen;
    for (let copy = this.#copies(); copy > 0; copy--) {
      this.#lastUpMs = this.#arriveAfter(this.#lastUpMs, () => {
        if (!controller.isOpen || controller.life.isOver) return;
        this.#onArrival('up', frame);
        controller.life.hear(() => controller.hear(frame));
      });
    }
    return true;
  }

  #copies(): number {
    const { loss, duplication, isHalfOpen } = this.conditions;
    if (isHalfOpen || (loss > 0 && this.#random.unit() < loss)) return 0;
    return duplication > 0 && this.#random.unit() < duplication ? 2 : 1;
  }

  /** One after the other, as on a stream; when this one arrives. */
  #arriveAfter(lastMs: number, arrive: () => void): number {
    const { delayMs, jitterMs } = this.conditions;
    const nowMs = this.#clock.monotonicMs();
    const atMs = Math.max(lastMs + APART_MS, nowMs + delayMs + jitterMs * this.#random.unit());
    this.#clock.after(atMs - nowMs, arrive);
    return atMs;
  }
}
