import { ERRORS, type ErrorCode } from '@perista/core';
import { relayPumpId } from '@perista/protocol/settings';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { EmulatedBoard, PumpTruth } from '../board/emulated-board.ts';
import type { RelayUnitChips } from '../chips/relay-unit-chips.ts';
import type { EmulatedRelays } from '../relay/emulated-relays.ts';
import { changeChips, chipsBody } from './chip-desk.ts';
import type { ActiveFault, FaultDesk } from './fault-desk.ts';
import { parseFaultRequest } from './fault-request.ts';
import { FAULTS } from './faults.ts';
import type { Mistake } from './mistake.ts';

const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);
const BIGGEST_BODY = 4096;

/**
 * The window on the emulated hardware: what the pumps truly did, and what shall go wrong. For tests and for people who try
 * the product; it answers on the loopback only and to nobody's web page.
 */
export function buildWindow(
  boards: ReadonlyMap<string, EmulatedBoard>,
  desk: FaultDesk,
  relays: EmulatedRelays,
  chips: RelayUnitChips | null,
): FastifyInstance {
  const app = fastify({ bodyLimit: BIGGEST_BODY, exposeHeadRoutes: false });

  app.addHook('onRequest', async (request, reply) => {
    const { host, origin } = request.headers;
    if (isLoopback(`http://${host}`) && (origin === undefined || isLoopback(origin))) return;
    return problem(reply, 403, 'E405', 'The emulated hardware answers to its own machine only.');
  });
  app.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) => {
    const status = error.statusCode ?? 500;
    return problem(reply, status, status === 415 ? 'E409' : 'E400', error.message);
  });
  app.setNotFoundHandler((request, reply) =>
    problem(
      reply,
      404,
      'E404',
      `There is no ${request.method} ${request.url}; there are GET /truth, /faults and /chips.`,
    ),
  );

  app.get('/truth', () => ({
    pumps: Object.fromEntries([
      ...[...boards].map(([id, board]) => [id, truthBody(board.truth())]),
      ...Array.from({ length: relays.channels }, (_, place) => [
        relayPumpId(place + 1),
        truthBody(relays.truth(place + 1)),
      ]),
    ]),
  }));
  app.get('/faults', () => ({ faults: desk.list().map(faultBody), known: FAULTS }));
  app.post('/faults', (request, reply) => {
    const order = parseFaultRequest(request.body, [...boards.keys()]);
    if ('pump' in order) return faultBody(desk.impose(order));
    return mistakes(reply, order);
  });
  app.delete('/faults', () => {
    desk.liftAll();
    return { faults: [] };
  });
  if (chips !== null) {
    app.get('/chips', () => chipsBody(chips));
    app.patch('/chips', (request, reply) => {
      const wrong = changeChips(chips, request.body);
      return wrong.length === 0 ? chipsBody(chips) : mistakes(reply, wrong);
    });
  }
  return app;
}

function mistakes(reply: FastifyReply, wrong: readonly Mistake[]) {
  const sentences = wrong.map(({ path, message }) => `${path} ${message}`);
  return problem(reply, 422, 'E402', `${sentences.join('; ')}.`, wrong);
}

function truthBody({ trueMl, revolutions, turnedMs, moving, motions }: PumpTruth) {
  return {
    true_ml: trueMl,
    revolutions,
    on_s: turnedMs / 1000,
    moving,
    motions: motions.map((motion, index) => ({
      started_at: instant(motion.startedAtMs),
      ended_at: moving && index === motions.length - 1 ? null : instant(motion.endedAtMs),
      true_ml: motion.trueMl,
      revolutions: motion.revolutions,
    })),
  };
}

function faultBody({ pump, fault, value, sinceMs, untilMs }: ActiveFault) {
  return { pump, fault, value, since: instant(sinceMs), until: untilMs === null ? null : instant(untilMs) };
}

function instant(wallMs: number): string {
  return new Date(wallMs).toISOString();
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && LOOPBACK_NAMES.has(new URL(url).hostname);
}

function problem(reply: FastifyReply, status: number, code: ErrorCode, detail: string, errors?: readonly Mistake[]) {
  const body = { type: 'about:blank', title: ERRORS[code].title, status, detail, code };
  return reply
    .code(status)
    .type('application/problem+json')
    .send(errors === undefined ? body : { ...body, errors });
}
