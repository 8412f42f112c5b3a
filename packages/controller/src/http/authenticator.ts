import type { FastifyRequest } from 'fastify';
import type { AuthService } from '../auth/auth-service.ts';
import type { Actor } from '../services.ts';
import type { SessionCookie } from './session-cookie.ts';

/** Turns a request into who asks, by whatever proof it carries; null if it carries none that holds. */
export type Authenticator = (request: FastifyRequest) => Actor | null;

/** By the session cookie. */
export function cookieAuthenticator(auth: AuthService, cookie: SessionCookie): Authenticator {
  return (request) => {
    const token = cookie.read(request);
    const session = token === undefined ? undefined : auth.findSession(token);
    return session === undefined ? null : { name: session.username, role: session.role };
  };
}
