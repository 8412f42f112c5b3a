import type { HttpOut, HttpPost, HttpReply, Mail, MailOut } from '@perista/controller';
import { type Clock, sleep } from '@perista/core';
import type { Life } from '../world/life.ts';

/** Whoever is told, by the first part of the host's name. */
export const PEERS = ['webhook', 'mail', 'ntfy', 'alertmanager', 'log'] as const;
export type PeerName = (typeof PEERS)[number];

/** How a peer takes what it is sent. */
export interface PeerConditions {
  /** Nobody listens there. */
  readonly isAway: boolean;
  /** It answers this and takes nothing; null where it takes it. */
  readonly refusesWith: number | null;
  /** It answers so much later, ms; what is longer than anybody waits is silence. */
  readonly delayMs: number;
}

const SOUND: PeerConditions = { isAway: false, refusesWith: null, delayMs: 0 };

/** What a peer has taken in hand. */
export interface Taken {
  readonly peer: PeerName;
  /** Everything of the request that may hold no secret. */
  readonly address: string;
  readonly body: string;
}

/** Everybody whom a unit posts to or mails, each as well or ill as its conditions. */
export class Peers {
  readonly #clock: Clock;
  readonly #hear: (taken: Taken) => void;
  readonly #conditions = new Map<PeerName, PeerConditions>();

  constructor(clock: Clock, hear: (taken: Taken) => void) {
    this.#clock = clock;
    this.#hear = hear;
  }

  /** Makes `peer` worse than sound, or sound again. */
  change(peer: PeerName, conditions: Partial<PeerConditions>): void {
    this.#conditions.set(peer, { ...SOUND, ...conditions });
  }

  /** The ways out of one run of a process. */
  waysOut(life: Life): { readonly http: HttpOut; readonly mail: MailOut } {
    return {
      http: { post: (request) => life.act(() => this.#post(request)) },
      mail: { send: (mail) => life.act(() => this.#mail(mail)) },
    };
  }

  #post({ url, headers, body, timeoutMs }: HttpPost): Promise<HttpReply> {
    const address = `${url} ${JSON.stringify(headers ?? {})}`;
    return this.#take({ peer: peerOf(new URL(url).hostname), address, body }, timeoutMs);
  }

  async #mail({ server, from, to, subject, text, timeoutMs }: Mail): Promise<string | null> {
    const address = `${server.host} ${from} ${to.join(' ')} ${subject}`;
    const reply = await this.#take({ peer: peerOf(server.host), address, body: text }, timeoutMs);
    if (reply.kind === 'silent') return reply.reason;
    return reply.status < 300 ? null : `the server answers ${reply.status}`;
  }

  async #take(taken: Taken, timeoutMs: number): Promise<HttpReply> {
    const { isAway, refusesWith, delayMs } = this.#conditions.get(taken.peer) ?? SOUND;
    if (isAway) return { kind: 'silent', reason: 'connect ECONNREFUSED' };
    if (refusesWith === null) this.#hear(taken);
    if (delayMs > 0) await sleep(this.#clock, Math.min(delayMs, timeoutMs));
    if (delayMs > timeoutMs) return { kind: 'silent', reason: 'timeout' };
    return { kind: 'answered', status: refusesWith ?? 200 };
  }
}

const peerOf = (host: string): PeerName => {
  const name = PEERS.find((peer) => host.startsWith(`${peer}.`));
  if (name === undefined) throw new Error(`the world has no peer at ${host}`);
  return name;
};
