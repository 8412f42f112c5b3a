import { REFUSAL_CODES } from '@perista/core';
import { Dose, DoseAccepted, DoseId, DoseList, DoseQuery, DoseRequest, EntityId } from '@perista/protocol/api';
import { z } from 'zod';
import { type App, actorOf, type RouteContext } from '../app.ts';
import type { CsvColumns } from '../csv.ts';
import { CsvAnswer, sendCsv } from '../csv-answer.ts';
import { sendProblem } from '../error-door.ts';
import { IdempotencyHeaders, keyOf } from '../idempotency-key.ts';
import { DOSE_KEYS, outcomeProblem } from '../problem.ts';
import { routeSchema } from '../route-schema.ts';

const PumpParams = z.strictObject({ id: EntityId });
const DoseParams = z.strictObject({ id: DoseId });

/** The ledger: order, list, look at, cancel, take away. */
export function doseRoutes(app: App, { services: { doses } }: RouteContext): void {
  app.post(
    '/api/pumps/:id/doses',
    {
      schema: routeSchema('POST /api/pumps/:id/doses', {
        tags: ['doses'],
        summary: 'Order a dose',
        description: 'Accepted means recorded for good: it will be given once or end with a reason.',
        params: PumpParams,
        headers: IdempotencyHeaders,
        body: DoseRequest,
        response: { 202: DoseAccepted },
        errors: ['E407', ...Object.values(REFUSAL_CODES)],
      }),
    },
    async (request, reply) => {
      const key = keyOf(request.headers);
      const outcome = doses.order({
        pumpId: request.params.id,
        request: request.body,
        actor: actorOf(request),
        cause: 'manual',
        ...(key !== undefined && { key }),
      });
      if (outcome.kind !== 'accepted') return sendProblem(reply, outcomeProblem(outcome, DOSE_KEYS));
      const { answer } = outcome;
      return reply.code(202).header('location', `/api/doses/${answer.dose_id}`).send(answer);
    },
  );

  app.get(
    '/api/doses',
    {
      schema: routeSchema('GET /api/doses', {
        tags: ['doses'],
        summary: 'The ledger, newest first',
        querystring: DoseQuery,
        response: { 200: DoseList },
      }),
    },
    async (request) => doses.list(request.query),
  );

  app.get(
    '/api/doses/export.csv',
    {
      schema: routeSchema('GET /api/doses/export.csv', {
        tags: ['doses'],
        summary: 'The ledger as a table for a spreadsheet',
        querystring: DoseQuery.omit({ limit: true, cursor: true }),
        response: { 200: CsvAnswer },
      }),
    },
    async (request, reply) =>
      sendCsv(reply, 'perista-doses.csv', DOSE_COLUMNS, (page) => doses.list({ ...request.query, ...page })),
  );

  app.get(
    '/api/doses/:id',
    {
      schema: routeSchema('GET /api/doses/:id', {
        tags: ['doses'],
        summary: 'One dose',
        params: DoseParams,
        response: { 200: Dose },
      }),
    },
    async (request) => doses.get(request.params.id),
  );

  app.post(
    '/api/doses/:id/cancel',
    {
      schema: routeSchema('POST /api/doses/:id/cancel', {
        tags: ['doses'],
        summary: 'End a dose early',
        description: 'A waiting dose ends as cancelled; a running one is stopped and ends as partial.',
        params: DoseParams,
        response: { 200: Dose },
        errors: ['E201', 'E406'],
      }),
    },
    async (request) => doses.cancel(request.params.id, actorOf(request)),
  );
}

const DOSE_COLUMNS: CsvColumns<Dose> = (
  [
    'dose_id',
    'pump_id',
    'state',
    'cause',
    'actor',
    'direction',
    'requested_ml',
    'duration_s',
    'delivered_ml',
    'lo_ml',
    'hi_ml',
    'accepted_at',
    'started_at',
    'ended_at',
    'code',
    'reason',
    'schedule_id',
    'calibration_id',
  ] as const
).map((key) => [key, (dose) => dose[key]] as const);
