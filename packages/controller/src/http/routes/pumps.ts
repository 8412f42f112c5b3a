import { EntityId, NewPump, Pump, PumpList, PumpPatch, ReleaseRequest, StopOutcome } from '@perista/protocol/api';
import { z } from 'zod';
import { type App, actorOf, type RouteContext } from '../app.ts';
import { IdempotencyHeaders, keyOf } from '../idempotency-key.ts';
import { NoContent, routeSchema } from '../route-schema.ts';

const PumpParams = z.strictObject({ id: EntityId });
const NO_REASON = 'no reason given';

/** Pumps: what they are, and what an operator does to one. */
export function pumpRoutes(app: App, { services: { pumps, stops } }: RouteContext): void {
  app.get(
    '/api/pumps',
    {
      schema: routeSchema('GET /api/pumps', {
        tags: ['pumps'],
        summary: 'All pumps, with state, rates, limits and why one would not dose',
        response: { 200: PumpList },
      }),
    },
    async () => ({ items: pumps.list() }),
  );

  app.get(
    '/api/pumps/:id',
    {
      schema: routeSchema('GET /api/pumps/:id', {
        tags: ['pumps'],
        summary: 'One pump',
        params: PumpParams,
        response: { 200: Pump },
      }),
    },
    async (request) => pumps.get(request.params.id),
  );

  app.post(
    '/api/pumps',
    {
      schema: routeSchema('POST /api/pumps', {
        tags: ['pumps'],
        summary: 'Add a pump that was wired up',
        body: NewPump,
        response: { 201: Pump },
        errors: ['E406'],
      }),
    },
    async (request, reply) => {
      const pump = pumps.create(request.body, actorOf(request));
      return reply.code(201).header('location', `/api/pumps/${pump.id}`).send(pump);
    },
  );

  app.patch(
    '/api/pumps/:id',
    {
      schema: routeSchema('PATCH /api/pumps/:id', {
        tags: ['pumps'],
        summary: 'Change limits, name or group, enable or disable',
        params: PumpParams,
        body: PumpPatch,
        response: { 200: Pump },
        errors: ['E406'],
      }),
    },
    async (request) => pumps.update(request.params.id, request.body, actorOf(request)),
  );

  app.delete(
    '/api/pumps/:id',
    {
      schema: routeSchema('DELETE /api/pumps/:id', {
        tags: ['pumps'],
        summary: 'Remove a pump; its history stays',
        params: PumpParams,
        response: { 204: NoContent },
        errors: ['E406'],
      }),
    },
    async (request, reply) => {
      pumps.remove(request.params.id, actorOf(request));
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/pumps/:id/stop',
    {
      config: { ignoresBody: true },
      schema: routeSchema('POST /api/pumps/:id/stop', {
        tags: ['stops'],
        summary: 'Stop a pump now and drop what waits for it',
        params: PumpParams,
        headers: IdempotencyHeaders,
        response: { 200: StopOutcome },
      }),
    },
    async (request) => stops.stopPump(request.params.id, actorOf(request), keyOf(request.headers)),
  );

  app.post(
    '/api/pumps/:id/release',
    {
      schema: routeSchema('POST /api/pumps/:id/release', {
        tags: ['pumps'],
        summary: 'Lift a hold or a fault, after someone looked at the pump',
        params: PumpParams,
        body: ReleaseRequest.optional(),
        response: { 200: Pump },
        errors: ['E101', 'E102', 'E201', 'E406'],
      }),
    },
    async (request) => pumps.release(request.params.id, request.body?.reason ?? NO_REASON, actorOf(request)),
  );
}
