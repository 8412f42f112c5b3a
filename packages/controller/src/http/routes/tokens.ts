import { ApiTokenList, CreatedApiToken, EntityId, NewApiToken } from '@perista/protocol/api';
import { z } from 'zod';
import { type App, loginOf, type RouteContext } from '../app.ts';
import { NoContent, routeSchema } from '../route-schema.ts';

/** API tokens, for programs. */
export function tokenRoutes(app: App, { accounts: { tokens } }: RouteContext): void {
  app.get(
    '/api/tokens',
    {
      schema: routeSchema('GET /api/tokens', {
        tags: ['access'],
        summary: 'Your API tokens; to an administrator, those of all users',
        response: { 200: ApiTokenList },
      }),
    },
    async (request) => ({ items: tokens.list(loginOf(request)) }),
  );

  app.post(
    '/api/tokens',
    {
      schema: routeSchema('POST /api/tokens', {
        tags: ['access'],
        summary: 'Make an API token',
        description: 'Its secret is told in this answer and never again. It may do no more than you.',
        body: NewApiToken,
        response: { 201: CreatedApiToken },
        errors: ['E406'],
      }),
    },
    async (request, reply) => reply.code(201).send(tokens.create(request.body, loginOf(request))),
  );

  app.delete(
    '/api/tokens/:id',
    {
      schema: routeSchema('DELETE /api/tokens/:id', {
        tags: ['access'],
        summary: 'Revoke an API token, and end what it keeps open',
        params: z.strictObject({ id: EntityId }),
        response: { 204: NoContent },
      }),
    },
    async (request, reply) => {
      tokens.revoke(request.params.id, loginOf(request));
      return reply.code(204).send(null);
    },
  );
}
