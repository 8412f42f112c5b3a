import type { Clock } from '@perista/core';
import type { FastifyReply } from 'fastify';
import { SESSION_COOKIE } from '../auth/login-proof.ts';

/** The session token on its way: out of scripts' reach, and never sent along with what another site starts. */
export class SessionCookie {
  readonly #clock: Clock;
  readonly #attributes;

  /** `secure` behind https only: a browser would not send the cookie back over plain http. */
  constructor(clock: Clock, secure: boolean) {
    this.#clock = clock;
    this.#attributes = { httpOnly: true, sameSite: 'strict', path: '/', secure } as const;
  }

  write(reply: FastifyReply, token: string, expiresAtMs: number): void {
    const maxAge = Math.floor((expiresAtMs - this.#clock.wallMs()) / 1000);
    reply.setCookie(SESSION_COOKIE, token, { ...this.#attributes, maxAge });
  }

  clear(reply: FastifyReply): void {
    reply.clearCookie(SESSION_COOKIE, this.#attributes);
  }
}
