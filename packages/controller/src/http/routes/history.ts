import { EntityId, HistoryQuery, PumpHistory } from '@perista/protocol/api';
import { z } from 'zod';
import type { App, RouteContext } from '../app.ts';
import { routeSchema } from '../route-schema.ts';

/** What was given, day by day. */
export function historyRoutes(app: App, { services: { history } }: RouteContext): void {
  app.get(
    '/api/pumps/:id/history',
    {
      schema: routeSchema('GET /api/pumps/:id/history', {
        tags: ['pumps'],
        summary: 'What a pump gave on each of the last days, oldest first',
        description: 'Calendar days in the zone of the site. A dose counts on the day it started.',
        params: z.strictObject({ id: EntityId }),
        querystring: HistoryQuery,
        response: { 200: PumpHistory },
      }),
    },
    async (request) => history.ofPump(request.params.id, request.query.days),
  );
}
