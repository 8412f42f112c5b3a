import {
  DeliveryList,
  EntityId,
  NewNotificationChannel,
  NotificationChannel,
  NotificationChannelList,
  NotificationChannelPatch,
  NotificationTest,
  Page,
} from '@perista/protocol/api';
import { z } from 'zod';
import { type App, actorOf, type RouteContext } from '../app.ts';
import { NoContent, routeSchema } from '../route-schema.ts';

const ChannelParams = z.strictObject({ id: EntityId });

/** On which ways the unit tells people who are not looking. */
export function notificationRoutes(app: App, { notifications }: RouteContext): void {
  app.get(
    '/api/notifications',
    {
      schema: routeSchema('GET /api/notifications', {
        tags: ['notifications'],
        summary: 'All channels, with how they fare; their secrets are not told',
        response: { 200: NotificationChannelList },
      }),
    },
    async () => ({ items: notifications.list() }),
  );

  app.post(
    '/api/notifications',
    {
      schema: routeSchema('POST /api/notifications', {
        tags: ['notifications'],
        summary: 'Add a channel: Alertmanager, a webhook, ntfy or e-mail',
        description: 'It tells warnings and alarms of everything unless its filter says otherwise.',
        body: NewNotificationChannel,
        response: { 201: NotificationChannel },
        errors: ['E406'],
      }),
    },
    async (request, reply) => reply.code(201).send(notifications.create(request.body, actorOf(request))),
  );

  app.patch(
    '/api/notifications/:id',
    {
      schema: routeSchema('PATCH /api/notifications/:id', {
        tags: ['notifications'],
        summary: 'Change a channel; what waits in it is tried again at once',
        params: ChannelParams,
        body: NotificationChannelPatch,
        response: { 200: NotificationChannel },
      }),
    },
    async (request) => notifications.update(request.params.id, request.body, actorOf(request)),
  );

  app.delete(
    '/api/notifications/:id',
    {
      schema: routeSchema('DELETE /api/notifications/:id', {
        tags: ['notifications'],
        summary: 'Remove a channel, with what waits in it',
        params: ChannelParams,
        response: { 204: NoContent },
      }),
    },
    async (request, reply) => {
      notifications.remove(request.params.id, actorOf(request));
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/notifications/:id/test',
    {
      schema: routeSchema('POST /api/notifications/:id/test', {
        tags: ['notifications'],
        summary: 'Tell a notice that means nothing, now',
        description: 'The answer says whether it was taken, and why not.',
        params: ChannelParams,
        response: { 200: NotificationTest },
      }),
    },
    async (request) => notifications.test(request.params.id, actorOf(request)),
  );

  app.get(
    '/api/notifications/:id/deliveries',
    {
      schema: routeSchema('GET /api/notifications/:id/deliveries', {
        tags: ['notifications'],
        summary: 'What the channel told or still has to tell, newest first',
        params: ChannelParams,
        querystring: Page,
        response: { 200: DeliveryList },
      }),
    },
    async (request) => notifications.listDeliveries(request.params.id, request.query),
  );
}
