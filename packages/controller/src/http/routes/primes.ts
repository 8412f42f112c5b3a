import { REFUSAL_CODES } from '@perista/core';
import { Dose, EntityId, PrimeRenewal, PrimeRequest, PrimeStarted } from '@perista/protocol/api';
import { z } from 'zod';
import { type App, actorOf, type RouteContext } from '../app.ts';
import { sendProblem } from '../error-door.ts';
import { IdempotencyHeaders, keyOf } from '../idempotency-key.ts';
import { outcomeProblem, PRIME_KEYS } from '../problem.ts';
import { routeSchema } from '../route-schema.ts';

const PumpParams = z.strictObject({ id: EntityId });

/** Hold to prime: press, hold again and again; to let go is to cancel the dose. */
export function primeRoutes(app: App, { services: { doses } }: RouteContext): void {
  app.post(
    '/api/pumps/:id/prime',
    {
      schema: routeSchema('POST /api/pumps/:id/prime', {
        tags: ['doses'],
        summary: 'Turn a pump while a button is held',
        description:
          'It begins at once or not at all, and comes to rest unless it is renewed within `hold_ms`, again and again. Let go by cancelling the dose. Charged at the largest rate of the pump until it is over.',
        params: PumpParams,
        headers: IdempotencyHeaders,
        body: PrimeRequest,
        response: { 202: PrimeStarted },
        errors: ['E101', 'E201', 'E407', ...Object.values(REFUSAL_CODES)],
      }),
    },
    async (request, reply) => {
      const key = keyOf(request.headers);
      const outcome = doses.prime({
        pumpId: request.params.id,
        request: request.body,
        actor: actorOf(request),
        ...(key !== undefined && { key }),
      });
      if (outcome.kind !== 'accepted') return sendProblem(reply, outcomeProblem(outcome, PRIME_KEYS));
      const { answer } = outcome;
      return reply.code(202).header('location', `/api/doses/${answer.dose_id}`).send(answer);
    },
  );

  app.post(
    '/api/pumps/:id/prime/renew',
    {
      schema: routeSchema('POST /api/pumps/:id/prime/renew', {
        tags: ['doses'],
        summary: 'The button is still held',
        description: 'Answers with the dose as it stands, or with 409 when it is over: then show the button as let go.',
        params: PumpParams,
        body: PrimeRenewal,
        response: { 200: Dose },
        errors: ['E201', 'E406'],
      }),
    },
    async (request) => doses.renewPrime(request.params.id, request.body.dose_id, actorOf(request)),
  );
}
