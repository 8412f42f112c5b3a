import type { Clock } from '@perista/core';
import type { Session } from '@perista/protocol/api';
import type { FastifyReply, FastifyRequest } from 'fastify';

const COOKIE_NAME = 'perista_session';

/** The session token on its way: out of scripts' reach, and never sent along with what another site starts. */
export class SessionCookie {
  readonly #clock: Clock;
  readonly #attributes;

  /** `secure` behind https only: a browser would not send the cookie back over plain http. */
  constructor(clock: Clock, secure: boolean) {
    this.#clock = clock;
    this.#attributes = { httpOnly: true, sameSite: 'strict', path: '/', secure } as const;
  }

  read(request: FastifyRequest): string | undefined {
    return request.cookies[COOKIE_NAME] || undefined;
  }

  write(reply: FastifyReply, token: string, session: Session): void {
    const maxAge = Math.floor((Date.parse(session.expires_at) - this.#clock.wallMs()) / 1000);
    reply.setCookie(COOKIE_NAME, token, { ...this.#attributes, maxAge });
  }

  clear(reply: FastifyReply): void {
    reply.clearCookie(COOKIE_NAME, this.#attributes);
  }
}
