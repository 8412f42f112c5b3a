import { REFUSAL_CODES } from '@perista/core';
import {
  DoseAccepted,
  DoseList,
  EntityId,
  NewSchedule,
  Page,
  Schedule,
  ScheduleList,
  SchedulePatch,
} from '@perista/protocol/api';
import { z } from 'zod';
import { type App, actorOf, type RouteContext } from '../app.ts';
import { sendProblem } from '../error-door.ts';
import { IdempotencyHeaders, keyOf } from '../idempotency-key.ts';
import { DOSE_KEYS, outcomeProblem } from '../problem.ts';
import { NoContent, routeSchema } from '../route-schema.ts';

const ScheduleParams = z.strictObject({ id: EntityId });
const REFUSED = ['E420', 'E421', 'E422', 'E423', 'E424', 'E425', 'E426', 'E427'] as const;

/** What is dosed by the calendar: list, add, change, remove, run by hand, and what came of it. */
export function scheduleRoutes(app: App, { services: { schedules } }: RouteContext): void {
  app.get(
    '/api/schedules',
    {
      schema: routeSchema('GET /api/schedules', {
        tags: ['schedules'],
        summary: 'All schedules, with their next runs',
        response: { 200: ScheduleList },
      }),
    },
    async () => ({ items: schedules.list(), next_cursor: null }),
  );

  for (const url of ['/api/schedules', '/schedules'] as const) {
    app.post(
      url,
      {
        schema: routeSchema(`POST ${url}`, {
          tags: ['schedules'],
          summary: 'Add a schedule',
          description: 'It counts from now on. `cron`, or `rule`, says when doses are due.',
          body: NewSchedule,
          response: { 201: Schedule },
          errors: [...REFUSED],
        }),
      },
      async (request, reply) => {
        const schedule = schedules.create(request.body, actorOf(request));
        return reply.code(201).header('location', `/api/schedules/${schedule.id}`).send(schedule);
      },
    );
  }

  app.get(
    '/api/schedules/:id',
    {
      schema: routeSchema('GET /api/schedules/:id', {
        tags: ['schedules'],
        summary: 'One schedule',
        params: ScheduleParams,
        response: { 200: Schedule },
      }),
    },
    async (request) => schedules.get(request.params.id),
  );

  app.patch(
    '/api/schedules/:id',
    {
      schema: routeSchema('PATCH /api/schedules/:id', {
        tags: ['schedules'],
        summary: 'Change a schedule, or switch it on or off',
        description: 'What fell due before stays as it was decided; what it shall be counts from now on.',
        params: ScheduleParams,
        body: SchedulePatch,
        response: { 200: Schedule },
        errors: [...REFUSED],
      }),
    },
    async (request) => schedules.update(request.params.id, request.body, actorOf(request)),
  );

  app.delete(
    '/api/schedules/:id',
    {
      schema: routeSchema('DELETE /api/schedules/:id', {
        tags: ['schedules'],
        summary: 'Remove a schedule; its doses stay in the ledger',
        params: ScheduleParams,
        response: { 204: NoContent },
      }),
    },
    async (request, reply) => {
      schedules.remove(request.params.id, actorOf(request));
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/schedules/:id/run',
    {
      config: { ignoresBody: true },
      schema: routeSchema('POST /api/schedules/:id/run', {
        tags: ['schedules'],
        summary: 'One dose of a schedule now',
        params: ScheduleParams,
        headers: IdempotencyHeaders,
        response: { 202: DoseAccepted },
        errors: ['E407', ...Object.values(REFUSAL_CODES)],
      }),
    },
    async (request, reply) => {
      const outcome = schedules.run(request.params.id, actorOf(request), keyOf(request.headers));
      if (outcome.kind !== 'accepted') return sendProblem(reply, outcomeProblem(outcome, DOSE_KEYS));
      return reply.code(202).header('location', `/api/doses/${outcome.answer.dose_id}`).send(outcome.answer);
    },
  );

  app.get(
    '/api/schedules/:id/history',
    {
      schema: routeSchema('GET /api/schedules/:id/history', {
        tags: ['schedules'],
        summary: 'The doses of a schedule, newest first: given, missed, skipped, refused',
        params: ScheduleParams,
        querystring: Page,
        response: { 200: DoseList },
      }),
    },
    async (request) => schedules.history(request.params.id, request.query),
  );
}
