import { AlarmList, AlarmQuery, DeviceAlarm } from '@perista/protocol/api';
import { z } from 'zod';
import { type App, actorOf, loginOf, type RouteContext } from '../app.ts';
import { routeSchema } from '../route-schema.ts';

const OneAlarm = z.strictObject({ id: z.string().max(128) });

/** Alarms of the remote devices that one may see. */
export function alarmRoutes(app: App, { fleet: { orders, rights } }: RouteContext): void {
  const { alarms } = orders;

  app.get(
    '/api/alarms',
    {
      schema: routeSchema('GET /api/alarms', {
        tags: ['devices'],
        summary: 'Alarms of devices, newest first',
        querystring: AlarmQuery,
        response: { 200: AlarmList },
      }),
    },
    async (request) => alarms.list(request.query, rights, loginOf(request).username),
  );

  app.post(
    '/api/alarms/:id/acknowledge',
    {
      schema: routeSchema('POST /api/alarms/:id/acknowledge', {
        tags: ['devices'],
        summary: 'Somebody has seen an alarm',
        description:
          'One that holds goes on until its cause is gone; one that is over is off. Doing so again changes nothing.',
        params: OneAlarm,
        response: { 200: DeviceAlarm },
      }),
    },
    async (request) => {
      const { id } = request.params;
      rights.assertMayWatch(loginOf(request).username, alarms.get(id).deviceId);
      return alarms.acknowledge(id, actorOf(request));
    },
  );
}
