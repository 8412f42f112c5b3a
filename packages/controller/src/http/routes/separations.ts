import { Queue, Separations } from '@perista/protocol/api';
import { type App, actorOf, type RouteContext } from '../app.ts';
import { routeSchema } from '../route-schema.ts';

/** Which pumps are kept apart in time, and what waits. */
export function separationRoutes(app: App, { services: { separations, queue } }: RouteContext): void {
  app.get(
    '/api/separations',
    {
      schema: routeSchema('GET /api/separations', {
        tags: ['pumps'],
        summary: 'Pumps that are kept apart in time',
        response: { 200: Separations },
      }),
    },
    async () => separations.read(),
  );

  app.put(
    '/api/separations',
    {
      schema: routeSchema('PUT /api/separations', {
        tags: ['pumps'],
        summary: 'Say anew which pumps are kept apart',
        description: 'The whole matrix: pairs that are not listed are not kept apart any more.',
        body: Separations,
        response: { 200: Separations },
      }),
    },
    async (request) => separations.replace(request.body, actorOf(request)),
  );

  app.get(
    '/api/queue',
    {
      schema: routeSchema('GET /api/queue', {
        tags: ['doses'],
        summary: 'Doses that wait, and why',
        response: { 200: Queue },
      }),
    },
    async () => queue.read(),
  );
}
