import { EmergencyStop, EmergencyStopRelease, EmergencyStopRequest } from '@perista/protocol/api';
import { type App, actorOf, type RouteContext } from '../app.ts';
import { routeSchema } from '../route-schema.ts';

const NO_REASON = 'no reason given';

/** Emergency stop of the whole unit. */
export function emergencyStopRoutes(app: App, { services: { stops } }: RouteContext): void {
  app.get(
    '/api/emergency-stop',
    {
      schema: routeSchema('GET /api/emergency-stop', {
        tags: ['stops'],
        summary: 'Whether the emergency stop is latched, by whom and why',
        response: { 200: EmergencyStop },
      }),
    },
    async () => stops.state(),
  );

  app.post(
    '/api/emergency-stop',
    {
      schema: routeSchema('POST /api/emergency-stop', {
        tags: ['stops'],
        summary: 'Stop everything and keep it stopped',
        description:
          'Latches, here and in the agent, and survives restarts. Pressing it again is harmless. No body is needed.',
        body: EmergencyStopRequest.optional(),
        response: { 200: EmergencyStop },
      }),
    },
    async (request) => stops.engage(actorOf(request), request.body?.reason),
  );

  app.delete(
    '/api/emergency-stop',
    {
      schema: routeSchema('DELETE /api/emergency-stop', {
        tags: ['stops'],
        summary: 'Release the emergency stop',
        description: 'Nothing starts by itself: what was waiting has ended. Say in `reason` what was checked.',
        body: EmergencyStopRelease.optional(),
        response: { 200: EmergencyStop },
        errors: ['E201', 'E406'],
      }),
    },
    async (request) => stops.release(actorOf(request), request.body?.reason ?? NO_REASON),
  );
}
