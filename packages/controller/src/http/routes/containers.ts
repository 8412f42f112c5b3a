import {
  Container,
  ContainerLevels,
  ContainerList,
  ContainerPatch,
  EntityId,
  LevelQuery,
  NewContainer,
  Refill,
  RefillList,
  RefillQuery,
  RefillRequest,
} from '@perista/protocol/api';
import { z } from 'zod';
import { type App, actorOf, type RouteContext } from '../app.ts';
import { IdempotencyHeaders, keyOf } from '../idempotency-key.ts';
import { NoContent, routeSchema } from '../route-schema.ts';

const ContainerParams = z.strictObject({ id: EntityId });

/** What pumps draw from: how much is left, until when, and who filled it up. */
export function containerRoutes(app: App, { services: { containers } }: RouteContext): void {
  app.get(
    '/api/containers',
    {
      schema: routeSchema('GET /api/containers', {
        tags: ['containers'],
        summary: 'All containers, with what is left and until when',
        response: { 200: ContainerList },
      }),
    },
    async () => ({ items: containers.list() }),
  );

  app.post(
    '/api/containers',
    {
      schema: routeSchema('POST /api/containers', {
        tags: ['containers'],
        summary: 'Add a container',
        description: 'Pumps that are named move to it from the containers that they had.',
        body: NewContainer,
        response: { 201: Container },
        errors: ['E404', 'E406'],
      }),
    },
    async (request, reply) => {
      const container = containers.create(request.body, actorOf(request));
      return reply.code(201).header('location', `/api/containers/${container.id}`).send(container);
    },
  );

  app.get(
    '/api/containers/:id',
    {
      schema: routeSchema('GET /api/containers/:id', {
        tags: ['containers'],
        summary: 'One container',
        params: ContainerParams,
        response: { 200: Container },
      }),
    },
    async (request) => containers.get(request.params.id),
  );

  app.patch(
    '/api/containers/:id',
    {
      schema: routeSchema('PATCH /api/containers/:id', {
        tags: ['containers'],
        summary: 'Change product, capacity, marks or pumps',
        description: 'The level changes by refills alone.',
        params: ContainerParams,
        body: ContainerPatch,
        response: { 200: Container },
        errors: ['E406'],
      }),
    },
    async (request) => containers.update(request.params.id, request.body, actorOf(request)),
  );

  app.delete(
    '/api/containers/:id',
    {
      schema: routeSchema('DELETE /api/containers/:id', {
        tags: ['containers'],
        summary: 'Remove a container that no pump draws from',
        params: ContainerParams,
        response: { 204: NoContent },
        errors: ['E406'],
      }),
    },
    async (request, reply) => {
      containers.remove(request.params.id, actorOf(request));
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/containers/:id/refills',
    {
      schema: routeSchema('GET /api/containers/:id/refills', {
        tags: ['containers'],
        summary: 'Who filled it up or measured it, newest first',
        params: ContainerParams,
        querystring: RefillQuery,
        response: { 200: RefillList },
      }),
    },
    async (request) => containers.refills(request.params.id, request.query),
  );

  app.post(
    '/api/containers/:id/refills',
    {
      schema: routeSchema('POST /api/containers/:id/refills', {
        tags: ['containers'],
        summary: 'Enter what was added, what was measured to be left before, or both',
        description: 'A measured rest takes the place of the booked level and tells how far off the calibration was.',
        params: ContainerParams,
        headers: IdempotencyHeaders,
        body: RefillRequest,
        response: { 201: Refill },
        errors: ['E406', 'E407'],
      }),
    },
    async (request, reply) => {
      const { params, body, headers } = request;
      return reply.code(201).send(containers.refill(params.id, body, actorOf(request), keyOf(headers)));
    },
  );

  app.get(
    '/api/containers/:id/levels',
    {
      schema: routeSchema('GET /api/containers/:id/levels', {
        tags: ['containers'],
        summary: 'Its level over the last days, and what is expected',
        params: ContainerParams,
        querystring: LevelQuery,
        response: { 200: ContainerLevels },
      }),
    },
    async (request) => containers.levels(request.params.id, request.query.days),
  );
}
