import { PeristaError } from '@perista/core';
import type { FastifyRequest } from 'fastify';
import type { Login } from '../auth/login.ts';
import { type LoginProof, proofOf } from '../auth/login-proof.ts';
import type { Logins } from '../auth/logins.ts';

/** Turns a request into who asks. @throws E401 if it carries no proof that holds. */
export type Authenticator = (request: FastifyRequest) => Login;

/** By API token or, where none is shown, by session cookie. */
export function authenticator(logins: Pick<Logins, 'authenticate'>): Authenticator {
  return ({ headers }) => loginBehind(logins, proofOf(headers));
}

/** The living log-in behind a proof. @throws E401 if there is none */
export function loginBehind(logins: Pick<Logins, 'authenticate'>, proof: LoginProof): Login {
  const login = logins.authenticate(proof);
  if (login !== null) return login;
  const asSession = 'Log in first: POST /api/session';
  const asToken = 'The API token is unknown, was revoked or has expired';
  throw new PeristaError('E401', proof.bearer === undefined ? asSession : asToken);
}
