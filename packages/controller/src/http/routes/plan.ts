import { Plan, PlanDraft, PlanQuery } from '@perista/protocol/api';
import type { App, RouteContext } from '../app.ts';
import { routeSchema } from '../route-schema.ts';

const REFUSED = ['E404', 'E420', 'E421', 'E422', 'E423', 'E424', 'E425', 'E426', 'E427'] as const;

/** What the calendar will do. */
export function planRoutes(app: App, { services: { plan } }: RouteContext): void {
  app.get(
    '/api/plan',
    {
      schema: routeSchema('GET /api/plan', {
        tags: ['schedules'],
        summary: 'The doses to come, and what will become of them if nothing else happens',
        description: 'Told by the rules of the executor itself, for a unit that runs and an agent that is there.',
        querystring: PlanQuery,
        response: { 200: Plan },
      }),
    },
    async (request) => plan.preview(request.query),
  );

  app.post(
    '/api/plan',
    {
      schema: routeSchema('POST /api/plan', {
        tags: ['schedules'],
        summary: 'The same as if a draft were saved; nothing is',
        description: 'What saving would refuse is refused alike, at its place in the draft.',
        body: PlanDraft,
        response: { 200: Plan },
        errors: [...REFUSED],
      }),
    },
    async (request) => plan.preview(request.body),
  );
}
