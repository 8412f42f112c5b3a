import { REFUSAL_CODES } from '@perista/core';
import {
  Calibration,
  CalibrationId,
  CalibrationReminder,
  CalibrationSession,
  EntityId,
  PumpCalibrations,
  SessionMeasurement,
  SessionRunRequest,
  SessionRunStarted,
} from '@perista/protocol/api';
import { z } from 'zod';
import { type App, actorOf, type RouteContext } from '../app.ts';
import { sendProblem } from '../error-door.ts';
import { IdempotencyHeaders, keyOf } from '../idempotency-key.ts';
import { outcomeProblem, RUN_KEYS } from '../problem.ts';
import { NoContent, routeSchema } from '../route-schema.ts';

const PumpParams = z.strictObject({ id: EntityId });
const SessionParams = z.strictObject({ id: EntityId, session: EntityId });
const CalibrationParams = z.strictObject({ id: CalibrationId });
const TAGS = ['calibration'] as const;

/** Guided calibration: session, runs, measurements, curve, verification; and which calibration is in use. */
export function calibrationRoutes(app: App, { services: { calibrations } }: RouteContext): void {
  app.get(
    '/api/pumps/:id/calibrations',
    {
      schema: routeSchema('GET /api/pumps/:id/calibrations', {
        tags: TAGS,
        summary: 'Calibrations of a pump, newest first, and the session that is open',
        params: PumpParams,
        response: { 200: PumpCalibrations },
      }),
    },
    async (request) => calibrations.ofPump(request.params.id),
  );

  app.post(
    '/api/pumps/:id/calibration-sessions',
    {
      config: { ignoresBody: true },
      schema: routeSchema('POST /api/pumps/:id/calibration-sessions', {
        tags: TAGS,
        summary: 'Begin a guided calibration; at most one of a pump is open',
        params: PumpParams,
        response: { 201: CalibrationSession },
        errors: ['E406'],
      }),
    },
    async (request, reply) => reply.code(201).send(calibrations.open(request.params.id, actorOf(request))),
  );

  app.delete(
    '/api/pumps/:id/calibration-sessions/:session',
    {
      schema: routeSchema('DELETE /api/pumps/:id/calibration-sessions/:session', {
        tags: TAGS,
        summary: 'End a session without using what it measured',
        params: SessionParams,
        response: { 204: NoContent },
        errors: ['E406'],
      }),
    },
    async (request, reply) => {
      calibrations.abandon(request.params.id, request.params.session);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/pumps/:id/calibration-sessions/:session/runs',
    {
      schema: routeSchema('POST /api/pumps/:id/calibration-sessions/:session/runs', {
        tags: TAGS,
        summary: 'Run the pump so that its volume can be measured',
        description:
          'At a speed for a time, charged at the largest rate of the pump until it is measured; or a verification dose through what the session was finished to. It begins at once or not at all, and once, whatever crashes.',
        params: SessionParams,
        headers: IdempotencyHeaders,
        body: SessionRunRequest,
        response: { 202: SessionRunStarted },
        errors: ['E101', 'E201', 'E406', 'E407', ...Object.values(REFUSAL_CODES)],
      }),
    },
    async (request, reply) => {
      const { id, session } = request.params;
      const key = keyOf(request.headers);
      const outcome = calibrations.run(id, session, {
        request: request.body,
        actor: actorOf(request),
        ...(key !== undefined && { key }),
      });
      if (outcome.kind !== 'accepted') return sendProblem(reply, outcomeProblem(outcome, RUN_KEYS));
      return reply.code(202).header('location', `/api/doses/${outcome.answer.run_id}`).send(outcome.answer);
    },
  );

  app.post(
    '/api/pumps/:id/calibration-sessions/:session/measurements',
    {
      schema: routeSchema('POST /api/pumps/:id/calibration-sessions/:session/measurements', {
        tags: TAGS,
        summary: 'Tell what a run gave, in ml or in grams with the density, or discard it',
        params: SessionParams,
        body: SessionMeasurement,
        response: { 200: CalibrationSession },
        errors: ['E406'],
      }),
    },
    async (request) => calibrations.measure(request.params.id, request.params.session, request.body, actorOf(request)),
  );

  app.post(
    '/api/pumps/:id/calibration-sessions/:session/finish',
    {
      config: { ignoresBody: true },
      schema: routeSchema('POST /api/pumps/:id/calibration-sessions/:session/finish', {
        tags: TAGS,
        summary: 'Make a calibration of what was measured; it is not in use yet',
        params: SessionParams,
        response: { 200: CalibrationSession },
        errors: ['E406'],
      }),
    },
    async (request) => calibrations.finish(request.params.id, request.params.session),
  );

  app.put(
    '/api/pumps/:id/calibration-reminder',
    {
      schema: routeSchema('PUT /api/pumps/:id/calibration-reminder', {
        tags: TAGS,
        summary: 'After how many days or ml the pump shall be calibrated again',
        params: PumpParams,
        body: CalibrationReminder,
        response: { 200: PumpCalibrations },
      }),
    },
    async (request) => calibrations.remind(request.params.id, request.body, actorOf(request)),
  );

  app.post(
    '/api/calibrations/:id/activate',
    {
      config: { ignoresBody: true },
      schema: routeSchema('POST /api/calibrations/:id/activate', {
        tags: TAGS,
        summary: 'Use a calibration from now on: a new one, or an earlier one again',
        params: CalibrationParams,
        response: { 200: Calibration },
        errors: ['E406'],
      }),
    },
    async (request) => calibrations.activate(request.params.id, actorOf(request)),
  );
}
