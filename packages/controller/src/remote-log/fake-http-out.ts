import type { HttpOut, HttpReply } from './http-out.ts';

/** A remote log that can be away, refuse, or take an event and lose its answer. */
export class FakeHttpOut implements HttpOut {
  /** Bodies in the order in which they came through. */
  readonly taken: string[] = [];
  readonly tokens = new Set<string>();
  isAway = false;
  /** It answers this instead of 201, and takes nothing. */
  refusesWith: number | null = null;
  /** So many of the next events are taken, and nobody hears of it. */
  lostAnswers = 0;
  posts = 0;

  async post({ token, body }: { token: string; body: string }): Promise<HttpReply> {
    this.posts++;
    if (this.isAway) return { kind: 'silent', reason: 'connect ECONNREFUSED' };
    if (this.refusesWith !== null) return { kind: 'answered', status: this.refusesWith };
    this.tokens.add(token);
    this.taken.push(body);
    if (this.lostAnswers-- > 0) return { kind: 'silent', reason: 'timeout' };
    return { kind: 'answered', status: 201 };
  }
}
