import { PeristaError } from '@perista/core';
import { LoginRequest, Session, SetupRequest, SetupState } from '@perista/protocol/api';
import type { App, RouteContext } from '../app.ts';
import { NoContent, routeSchema } from '../route-schema.ts';

/** First password, log-in, who am I, log-out. */
export function sessionRoutes(app: App, { auth, cookie }: RouteContext): void {
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
      const oldToken = cookie.read(request);
      const { token, session } = await auth.logIn({
        ...request.body,
        address: request.ip,
        ...(oldToken !== undefined && { oldToken }),
      });
      cookie.write(reply, token, session);
      return session;
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
    async (request) => {
      const session = auth.findSession(cookie.read(request) ?? '');
      if (session === undefined) throw new PeristaError('E401', 'The session has just ended');
      return session;
    },
  );

  app.delete(
    '/api/session',
    {
      schema: routeSchema('DELETE /api/session', {
        tags: ['session'],
        summary: 'Log out',
        response: { 204: NoContent },
      }),
    },
    async (request, reply) => {
      auth.logOut(cookie.read(request) ?? '', request.ip);
      cookie.clear(reply);
      return reply.code(204).send(null);
    },
  );
}
