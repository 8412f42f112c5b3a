import { TimeAccepted } from '@perista/protocol/api';
import { type App, actorOf, type RouteContext } from '../app.ts';
import { routeSchema } from '../route-schema.ts';

/** What a person says of the unit's clock. */
export function timeRoutes(app: App, { services: { time } }: RouteContext): void {
  app.post(
    '/api/time/accept',
    {
      schema: routeSchema('POST /api/time/accept', {
        tags: ['unit'],
        summary: 'Say that the clock of the unit is right',
        description:
          'Dosing by the calendar goes on from here, until the machine starts again. What was missed meanwhile stays so. No body is needed.',
        response: { 200: TimeAccepted },
        errors: ['E413'],
      }),
    },
    async (request) => time.accept(actorOf(request)),
  );
}
