import { EntityId, SessionList } from '@perista/protocol/api';
import { z } from 'zod';
import { type App, loginOf, type RouteContext } from '../app.ts';
import { NoContent, routeSchema } from '../route-schema.ts';

/** Who is logged in where. */
export function sessionListRoutes(app: App, { accounts: { sessions }, cookie }: RouteContext): void {
  app.get(
    '/api/sessions',
    {
      schema: routeSchema('GET /api/sessions', {
        tags: ['access'],
        summary: 'Your sessions that are alive; to an administrator, those of all users',
        response: { 200: SessionList },
      }),
    },
    async (request) => ({ items: sessions.list(loginOf(request)) }),
  );

  app.delete(
    '/api/sessions/:id',
    {
      schema: routeSchema('DELETE /api/sessions/:id', {
        tags: ['access'],
        summary: 'End a session, and what it keeps open',
        params: z.strictObject({ id: EntityId }),
        response: { 204: NoContent },
      }),
    },
    async (request, reply) => {
      const login = loginOf(request);
      sessions.revoke(request.params.id, login);
      if (request.params.id === login.loginId) cookie.clear(reply);
      return reply.code(204).send(null);
    },
  );
}
