import { MqttState, MqttTest } from '@perista/protocol/api';
import type { App, RouteContext } from '../app.ts';
import { routeSchema } from '../route-schema.ts';

/** How it stands with the MQTT broker. */
export function mqttRoutes(app: App, { mqtt }: RouteContext): void {
  app.get(
    '/api/mqtt',
    {
      schema: routeSchema('GET /api/mqtt', {
        tags: ['settings'],
        summary: 'Whether the MQTT broker can be used, the topics, and the latest messages',
        response: { 200: MqttState },
      }),
    },
    async () => mqtt.state(),
  );

  app.post(
    '/api/mqtt/test',
    {
      schema: routeSchema('POST /api/mqtt/test', {
        tags: ['settings'],
        summary: 'Send a message to the broker of the saved settings, and see it come back',
        description: 'The answer says what failed. It needs no restart before.',
        response: { 200: MqttTest },
        errors: ['E406'],
      }),
    },
    async () => mqtt.test(),
  );
}
