import type { FastifyRequest } from 'fastify';
import type { Login } from '../auth/login.ts';
import { proofOf } from '../auth/login-proof.ts';
import { type Logins, loginBehind } from '../auth/logins.ts';

/** Turns a request into who asks. @throws E401 if it carries no proof that holds. */
export type Authenticator = (request: FastifyRequest) => Login;

/** By API token or, where none is shown, by session cookie. */
export function authenticator(logins: Pick<Logins, 'authenticate'>): Authenticator {
  return ({ headers }) => loginBehind(logins, proofOf(headers));
}
