import type { HttpOut, HttpPost, HttpReply } from './http-out.ts';

/** A server that can be away, refuse, or take an event and lose its answer. */
export class FakeHttpOut implements HttpOut {
  /** Bodies in the order in which they came through. */
  readonly taken: string[] = [];
  readonly tokens = new Set<string>();
  /** All that came through, whole. */
  readonly requests: HttpPost[] = [];
  isAway = false;
  /** It answers this instead of 201, and takes nothing. */
  refusesWith: number | null = null;
  /** So many of the next events are taken, and nobody hears of it. */
  lostAnswers = 0;
  posts = 0;

  async post(request: HttpPost): Promise<HttpReply> {
    const { token, body } = request;
    this.posts++;
    if (this.isAway) return { kind: 'silent', reason: 'connect ECONNREFUSED' };
    if (this.refusesWith !== null) return { kind: 'answered', status: this.refusesWith };
    if (token !== undefined) this.tokens.add(token);
    this.requests.push(request);
    this.taken.push(body);
    if (this.lostAnswers-- > 0) return { kind: 'silent', reason: 'timeout' };
    return { kind: 'answered', status: 201 };
  }
}
