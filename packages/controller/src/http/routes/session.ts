import { LoginRequest, PasswordChange, Session, SetupRequest, SetupState } from '@perista/protocol/api';
import type { Login } from '../../auth/login.ts';
import { sessionTokenIn } from '../../auth/login-proof.ts';
import { timestamp } from '../../ledger/timestamp.ts';
import { type App, loginOf, type RouteContext } from '../app.ts';
import { NoContent, routeSchema } from '../route-schema.ts';

/** First password, log-in, who am I, another password, log-out. */
export function sessionRoutes(app: App, { accounts: { auth }, cookie }: RouteContext): void {
  app.get(
    '/api/setup',
    {
      schema: routeSchema('GET /api/setup', {
        tags: ['session'],
        summary: 'Whether the first password is still to be set',
        response: { 200: SetupState },
      }),
    },
    async () => ({ needed: auth.needsSetup() }),
  );

  app.post(
    '/api/setup',
    {
      schema: routeSchema('POST /api/setup', {
        tags: ['session'],
        summary: 'Set the first password, once',
        description: 'Creates the user `admin`. Log in with the password afterwards.',
        body: SetupRequest,
        response: { 201: SetupState },
        errors: ['E406', 'E408'],
      }),
    },
    async (request, reply) => {
      await auth.setUp(request.body.password, request.ip);
      return reply.code(201).send({ needed: false });
    },
  );

  app.post(
    '/api/session',
    {
      schema: routeSchema('POST /api/session', {
        tags: ['session'],
        summary: 'Log in',
        description: 'Sets the session cookie. A session lasts 30 days, or 7 days without a request.',
        body: LoginRequest,
        response: { 200: Session },
        errors: ['E401', 'E408'],
      }),
    },
    async (request, reply) => {
      const oldToken = sessionTokenIn(request.headers.cookie);
      const { token, login } = await auth.logIn({
        ...request.body,
        address: request.ip,
        userAgent: request.headers['user-agent'] ?? null,
        ...(oldToken !== undefined && { oldToken }),
      });
      cookie.write(reply, token, login.expiresAtMs);
      return sessionView(login);
    },
  );

  app.get(
    '/api/session',
    {
      schema: routeSchema('GET /api/session', {
        tags: ['session'],
        summary: 'Who am I',
        response: { 200: Session },
      }),
    },
    async (request) => sessionView(loginOf(request)),
  );

  app.delete(
    '/api/session',
    {
      schema: routeSchema('DELETE /api/session', {
        tags: ['session'],
        summary: 'Log out',
        description: 'Ends the session and what it keeps open. A token is not logged out but revoked.',
        response: { 204: NoContent },
        errors: ['E406'],
      }),
    },
    async (request, reply) => {
      auth.logOut(loginOf(request), request.ip);
      cookie.clear(reply);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/session/password',
    {
      schema: routeSchema('POST /api/session/password', {
        tags: ['session'],
        summary: 'Change your own password',
        description: 'All your other sessions end; your tokens live on. Wrong attempts count like log-ins.',
        body: PasswordChange,
        response: { 204: NoContent },
        errors: ['E401', 'E408'],
      }),
    },
    async (request, reply) => {
      const { current_password: current, new_password: next } = request.body;
      await auth.changePassword(loginOf(request), { current, next }, request.ip);
      return reply.code(204).send(null);
    },
  );
}

const sessionView = ({ actor, createdAtMs, expiresAtMs }: Login): Session => ({
  username: actor.name,
  role: actor.role,
  created_at: timestamp(createdAtMs),
  expires_at: Number.isFinite(expiresAtMs) ? timestamp(expiresAtMs) : null,
  key_scope: actor.keyScope ?? actor.name,
});
