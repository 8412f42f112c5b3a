import { CreatedMqttUser, MqttUserList, NewMqttUser, Username } from '@perista/protocol/api';
import { z } from 'zod';
import { type App, actorOf, type RouteContext } from '../app.ts';
import { NoContent, routeSchema } from '../route-schema.ts';

/** Users of the embedded MQTT broker, for administrators. */
export function mqttUserRoutes(app: App, { mqttUsers }: RouteContext): void {
  app.get(
    '/api/mqtt-users',
    {
      schema: routeSchema('GET /api/mqtt-users', {
        tags: ['access'],
        summary: 'All users of the embedded MQTT broker',
        response: { 200: MqttUserList },
      }),
    },
    async () => mqttUsers.list(),
  );

  app.post(
    '/api/mqtt-users',
    {
      schema: routeSchema('POST /api/mqtt-users', {
        tags: ['access'],
        summary: 'Add a user of the embedded MQTT broker',
        description: 'A password is made unless one is given; it is told in this answer and never again.',
        body: NewMqttUser,
        response: { 201: CreatedMqttUser },
        errors: ['E406', 'E408'],
      }),
    },
    async (request, reply) => reply.code(201).send(await mqttUsers.create(request.body, actorOf(request))),
  );

  app.delete(
    '/api/mqtt-users/:name',
    {
      schema: routeSchema('DELETE /api/mqtt-users/:name', {
        tags: ['access'],
        summary: 'Remove a user of the embedded MQTT broker; its connections end within seconds',
        params: z.strictObject({ name: Username }),
        response: { 204: NoContent },
      }),
    },
    async (request, reply) => {
      mqttUsers.remove(request.params.name, actorOf(request));
      return reply.code(204).send(null);
    },
  );
}
