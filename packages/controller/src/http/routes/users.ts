import { NewUser, User, UserList, Username, UserPatch } from '@perista/protocol/api';
import { z } from 'zod';
import { type App, loginOf, type RouteContext } from '../app.ts';
import { NoContent, routeSchema } from '../route-schema.ts';

const UserParams = z.strictObject({ username: Username });

/** Users, for administrators. */
export function userRoutes(app: App, { accounts: { users } }: RouteContext): void {
  app.get(
    '/api/users',
    {
      schema: routeSchema('GET /api/users', {
        tags: ['access'],
        summary: 'All users',
        response: { 200: UserList },
      }),
    },
    async () => ({ items: users.list() }),
  );

  app.post(
    '/api/users',
    {
      schema: routeSchema('POST /api/users', {
        tags: ['access'],
        summary: 'Add a user',
        body: NewUser,
        response: { 201: User },
        errors: ['E406', 'E408'],
      }),
    },
    async (request, reply) => reply.code(201).send(await users.create(request.body, loginOf(request))),
  );

  app.patch(
    '/api/users/:username',
    {
      schema: routeSchema('PATCH /api/users/:username', {
        tags: ['access'],
        summary: 'Give a user another role or a new password',
        description: 'Either ends all sessions of the user. The last administrator keeps that role.',
        params: UserParams,
        body: UserPatch,
        response: { 200: User },
        errors: ['E406', 'E408'],
      }),
    },
    async (request) => users.change(request.params.username, request.body, loginOf(request)),
  );

  app.delete(
    '/api/users/:username',
    {
      schema: routeSchema('DELETE /api/users/:username', {
        tags: ['access'],
        summary: 'Remove a user, with all sessions and tokens',
        description: 'Not yourself, and not the last administrator. What the user did stays in ledger and events.',
        params: UserParams,
        response: { 204: NoContent },
        errors: ['E406'],
      }),
    },
    async (request, reply) => {
      users.remove(request.params.username, loginOf(request));
      return reply.code(204).send(null);
    },
  );
}
