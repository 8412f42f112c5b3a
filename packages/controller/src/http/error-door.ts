import type { Log } from '@perista/core';
import type { Problem } from '@perista/protocol/api';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEM_TYPE, problemFrom, problemOf } from './problem.ts';

/** Answers with a problem; every error of the API leaves through here. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type(PROBLEM_TYPE).send(problem);
}

/** The one door for what was thrown. What we did not foresee is logged whole and told without its insides. */
export function errorDoor(log: Log) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const answer = problemFrom(error);
    if (answer === undefined) {
      log.error({ err: error, request_id: request.id }, 'request failed unexpectedly');
      return sendProblem(reply, problemOf('E412', `The log has the details under request ${request.id}`));
    }
    if (answer.problem.status >= 500) log.warn({ err: error, request_id: request.id }, 'request failed');
    if (answer.retryAfterS !== undefined) reply.header('retry-after', String(answer.retryAfterS));
    if (answer.problem.status === 401)
      reply.header('www-authenticate', 'Session realm="Perista", Bearer realm="Perista"');
    return sendProblem(reply, answer.problem);
  };
}
