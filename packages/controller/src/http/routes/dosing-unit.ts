import { REFUSAL_CODES } from '@perista/core';
import {
  CalibrateChannel,
  CalibrationRunStarted,
  ChannelCalibrated,
  DosingConfig,
  DosingConfigPatch,
  DosingStatus,
  ManualDose,
  ManualDoseAccepted,
} from '@perista/protocol/api';
import { type App, actorOf, type RouteContext } from '../app.ts';
import { sendProblem } from '../error-door.ts';
import { IdempotencyHeaders, keyOf } from '../idempotency-key.ts';
import { DOSE_KEYS, outcomeProblem } from '../problem.ts';
import { routeSchema } from '../route-schema.ts';

/** The relay dosing unit: weekly plans of its channels, calibration, doses by hand, and how it stands. */
export function dosingUnitRoutes(app: App, { services: { dosingUnit } }: RouteContext): void {
  app.get(
    '/api/dosing-config',
    {
      schema: routeSchema('GET /api/dosing-config', {
        tags: ['dosing unit'],
        summary: 'The weekly plan of all channels',
        response: { 200: DosingConfig },
      }),
    },
    async () => dosingUnit.config(),
  );

  app.post(
    '/api/dosing-config',
    {
      schema: routeSchema('POST /api/dosing-config', {
        tags: ['dosing unit'],
        summary: 'Change the weekly plan of channels, all of it or nothing',
        description: 'It counts from now on: a time of today that is past is not made up for.',
        body: DosingConfigPatch,
        response: { 200: DosingConfig },
        errors: ['E404', 'E422', 'E423', 'E424', 'E425', 'E426'],
      }),
    },
    async (request) => {
      const { body } = request;
      return dosingUnit.configure('channels' in body ? body.channels : [body], actorOf(request));
    },
  );

  app.post(
    '/api/dosing-config/confirm',
    {
      schema: routeSchema('POST /api/dosing-config/confirm', {
        tags: ['dosing unit'],
        summary: 'Confirm a plan that was read back from the memory of the unit: it is dosed again',
        response: { 200: DosingStatus },
        errors: ['E406'],
      }),
    },
    async (request) => dosingUnit.confirm(actorOf(request)),
  );

  app.get(
    '/api/dosing-status',
    {
      schema: routeSchema('GET /api/dosing-status', {
        tags: ['dosing unit'],
        summary: 'What every channel does now and has done today (UTC)',
        response: { 200: DosingStatus },
      }),
    },
    async () => dosingUnit.status(),
  );

  app.post(
    '/api/calibrate-channel',
    {
      schema: routeSchema('POST /api/calibrate-channel', {
        tags: ['dosing unit'],
        summary: 'Run a channel for 30 s, and then tell what it gave',
        description: 'Without `measured_ml` the relay runs; with it the latest whole run becomes the rate of the pump.',
        body: CalibrateChannel,
        response: { 200: ChannelCalibrated, 202: CalibrationRunStarted },
        errors: ['E101', 'E201', 'E404', 'E406', ...Object.values(REFUSAL_CODES)],
      }),
    },
    async (request, reply) => {
      const { channel_id, measured_ml } = request.body;
      if (measured_ml !== undefined) {
        return reply.code(200).send(dosingUnit.finishCalibration(channel_id, measured_ml, actorOf(request)));
      }
      const outcome = dosingUnit.startCalibration(channel_id, actorOf(request));
      if (outcome.kind !== 'accepted') return sendProblem(reply, outcomeProblem(outcome, {}));
      return reply.code(202).send(outcome.answer);
    },
  );

  app.post(
    '/api/manual-dose',
    {
      schema: routeSchema('POST /api/manual-dose', {
        tags: ['dosing unit'],
        summary: 'Dose now: the single dose of the plan, or another volume',
        headers: IdempotencyHeaders,
        body: ManualDose,
        response: { 202: ManualDoseAccepted },
        errors: ['E404', 'E407', ...Object.values(REFUSAL_CODES)],
      }),
    },
    async (request, reply) => {
      const outcome = dosingUnit.manualDose(request.body, actorOf(request), keyOf(request.headers));
      if (outcome.kind !== 'accepted') return sendProblem(reply, outcomeProblem(outcome, DOSE_KEYS));
      return reply.code(202).header('location', `/api/doses/${outcome.answer.dose_id}`).send(outcome.answer);
    },
  );
}
