import {
  CommandRequest,
  DeviceCommand,
  InfusionList,
  InfusionRequest,
  InfusionStarted,
  Page,
  type TimelineEntry,
  TimelineList,
  TimelineQuery,
} from '@perista/protocol/api';
import { DeviceId } from '@perista/protocol/fleet';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type App, actorOf, loginOf, type RouteContext } from '../app.ts';
import type { CsvColumns } from '../csv.ts';
import { CsvAnswer, sendCsv } from '../csv-answer.ts';
import { IdempotencyHeaders, keyOf } from '../idempotency-key.ts';
import { routeSchema } from '../route-schema.ts';

const OneDevice = z.strictObject({ id: DeviceId });

/** What is ordered of remote devices, and what became of it. */
export function deviceOrderRoutes(app: App, { fleet }: RouteContext): void {
  const { infusions, orders } = fleet.orders;
  /** Of a device that one may see. @throws PeristaError E403 */
  const watched = (request: FastifyRequest, deviceId: string): string => {
    fleet.rights.assertMayWatch(loginOf(request).username, deviceId);
    return deviceId;
  };

  app.post(
    '/api/devices/:id/infusions',
    {
      schema: routeSchema('POST /api/devices/:id/infusions', {
        tags: ['devices'],
        summary: 'Start an infusion',
        description: 'Accepted means written down and sent: whether the device begins it, it tells itself.',
        params: OneDevice,
        headers: IdempotencyHeaders,
        body: InfusionRequest,
        response: { 202: InfusionStarted },
        errors: ['E309', 'E407', 'E501', 'E502', 'E503', 'E504'],
      }),
    },
    async (request, reply) => {
      const deviceId = watched(request, request.params.id);
      const key = keyOf(request.headers);
      return reply.code(202).send(infusions.start({ deviceId, request: request.body, actor: actorOf(request), key }));
    },
  );

  app.get(
    '/api/devices/:id/infusions',
    {
      schema: routeSchema('GET /api/devices/:id/infusions', {
        tags: ['devices'],
        summary: 'Infusions of a device, newest first',
        params: OneDevice,
        querystring: Page,
        response: { 200: InfusionList },
      }),
    },
    async (request) => infusions.list(watched(request, request.params.id), request.query),
  );

  app.post(
    '/api/devices/:id/commands',
    {
      schema: routeSchema('POST /api/devices/:id/commands', {
        tags: ['devices'],
        summary: 'Stop, pause, resume or cancel an infusion, or ask a device how it is',
        description: 'A stop is always taken, and sent again until it is proven that nothing runs.',
        params: OneDevice,
        body: CommandRequest,
        response: { 202: DeviceCommand },
        errors: ['E309', 'E406', 'E501', 'E502'],
      }),
    },
    async (request, reply) => {
      const deviceId = watched(request, request.params.id);
      return reply.code(202).send(orders.command(deviceId, request.body, actorOf(request)));
    },
  );

  app.get(
    '/api/devices/:id/timeline',
    {
      schema: routeSchema('GET /api/devices/:id/timeline', {
        tags: ['devices'],
        summary: 'Who did what with a device, and what became of it, newest first',
        params: OneDevice,
        querystring: TimelineQuery,
        response: { 200: TimelineList },
      }),
    },
    async (request) => orders.timeline(watched(request, request.params.id), request.query),
  );

  app.get(
    '/api/devices/:id/timeline/export.csv',
    {
      schema: routeSchema('GET /api/devices/:id/timeline/export.csv', {
        tags: ['devices'],
        summary: 'The timeline of a device as a table for a spreadsheet',
        params: OneDevice,
        response: { 200: CsvAnswer },
      }),
    },
    async (request, reply) => {
      const deviceId = watched(request, request.params.id);
      return sendCsv(reply, `perista-${deviceId}.csv`, TIMELINE_COLUMNS, (page) => orders.timeline(deviceId, page));
    },
  );
}

const TIMELINE_COLUMNS: CsvColumns<TimelineEntry> = [
  ['seq', (entry) => entry.seq],
  ['at', (entry) => entry.at],
  ['deviceId', (entry) => entry.deviceId],
  ['actor', (entry) => entry.actor],
  ['source', (entry) => entry.source],
  ['action', (entry) => entry.action],
  ['outcome', (entry) => entry.outcome],
  ['infusionId', (entry) => entry.infusionId],
  ['commandId', (entry) => entry.commandId],
];
