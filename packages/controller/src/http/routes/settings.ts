import { Restarting, Settings } from '@perista/protocol/api';
import { SettingsPatch } from '@perista/protocol/settings';
import { type App, actorOf, type RouteContext } from '../app.ts';
import { routeSchema } from '../route-schema.ts';

/** What can be set while the unit runs. */
export function settingRoutes(app: App, { settings }: RouteContext): void {
  app.get(
    '/api/settings',
    {
      schema: routeSchema('GET /api/settings', {
        tags: ['settings'],
        summary: 'Settings, where each comes from, and what applies after a restart',
        description: 'Of secrets it is told only whether they are set.',
        response: { 200: Settings },
      }),
    },
    async () => settings.read(),
  );

  app.patch(
    '/api/settings',
    {
      schema: routeSchema('PATCH /api/settings', {
        tags: ['settings'],
        summary: 'Save settings; they apply after a restart',
        description:
          'All of it or nothing. What the environment or the command line says cannot be changed here. null forgets what was saved, so that `perista.yaml` or the default holds.',
        body: SettingsPatch,
        response: { 200: Settings },
        errors: ['E303'],
      }),
    },
    async (request) => settings.change(request.body, actorOf(request)),
  );

  app.post(
    '/api/restart',
    {
      schema: routeSchema('POST /api/restart', {
        tags: ['settings'],
        summary: 'Restart the controller, so that what was saved applies',
        description: 'Refused while doses run or wait.',
        response: { 202: Restarting },
        errors: ['E406'],
      }),
    },
    async (request, reply) => {
      settings.restart(actorOf(request));
      return reply.code(202).send({ restarting: true });
    },
  );
}
