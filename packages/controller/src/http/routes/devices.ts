import { Device, DeviceList, DeviceRights, Username } from '@perista/protocol/api';
import { DeviceId } from '@perista/protocol/fleet';
import { z } from 'zod';
import { type App, actorOf, loginOf, type RouteContext } from '../app.ts';
import { routeSchema } from '../route-schema.ts';

const OneDevice = z.strictObject({ id: DeviceId });

const OneUser = z.strictObject({ username: Username });

/** Remote devices, and who may see them. Their keys are in camelCase, as they stand in the messages of devices. */
export function deviceRoutes(app: App, { fleet: { views, rights } }: RouteContext): void {
  app.get(
    '/api/devices',
    {
      schema: routeSchema('GET /api/devices', {
        tags: ['devices'],
        summary: 'All devices that one may see',
        response: { 200: DeviceList },
      }),
    },
    async (request) => ({ items: views.list(loginOf(request).username) }),
  );

  app.get(
    '/api/devices/:id',
    {
      schema: routeSchema('GET /api/devices/:id', {
        tags: ['devices'],
        summary: 'One device',
        params: OneDevice,
        response: { 200: Device },
        errors: ['E501'],
      }),
    },
    async (request) => views.get(loginOf(request).username, request.params.id),
  );

  rightsRoutes(app, rights);
}

function rightsRoutes(app: App, rights: RouteContext['fleet']['rights']): void {
  app.get(
    '/api/users/:username/devices',
    {
      schema: routeSchema('GET /api/users/:username/devices', {
        tags: ['access'],
        summary: 'Which devices a user may see',
        description: 'Administrators see all of them anyhow.',
        params: OneUser,
        response: { 200: DeviceRights },
      }),
    },
    async (request) => rights.read(request.params.username),
  );

  app.put(
    '/api/users/:username/devices',
    {
      schema: routeSchema('PUT /api/users/:username/devices', {
        tags: ['access'],
        summary: 'Say anew which devices a user may see',
        description: 'All of it: what is not listed may not be seen any more, and what is watched of it ends.',
        params: OneUser,
        body: DeviceRights,
        response: { 200: DeviceRights },
      }),
    },
    async (request) => rights.replace(request.params.username, request.body, actorOf(request)),
  );
}
