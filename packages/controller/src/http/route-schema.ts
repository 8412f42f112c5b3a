import { ERRORS, type ErrorCode } from '@perista/core';
import { Problem } from '@perista/protocol/api';
import { z } from 'zod';
import { ACCESS, type RouteKey } from './access.ts';
import { PROBLEM_TYPE } from './problem.ts';

interface RouteParts {
  readonly tags: readonly [string];
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodType;
  readonly querystring?: z.ZodType;
  readonly headers?: z.ZodType;
  readonly body?: z.ZodType;
  /** Answers of a request that went well, by status. */
  readonly response: Record<number, unknown>;
  /** Errors of this route's own; those that follow from its parts are added. */
  readonly errors?: readonly ErrorCode[];
}

/**
 * Schema of a route, with what its access and its parts imply: who may call it, and every error it can answer.
 * The types of the parts stay as they are, so that handlers are typed by them.
 */
export function routeSchema<const Parts extends RouteParts>(key: RouteKey, parts: Parts) {
  const { errors = [], ...schema } = parts;
  const codes = [...errors, ...impliedErrors(key, parts)];
  return {
    ...schema,
    tags: [...parts.tags],
    description: [parts.description, accessSentence(key)].filter(Boolean).join('\n\n'),
    ...(ACCESS[key] !== 'anyone' && { security: [{ session: [] }, { token: [] }] }),
    response: { ...(described(schema.response) as Parts['response']), ...problemResponses(codes) },
  };
}

/** Errors that a route can answer because of who may use it and what it takes. */
function impliedErrors(key: RouteKey, parts: Pick<RouteParts, 'params' | 'querystring' | 'headers'>) {
  const codes: ErrorCode[] = ['E301', 'E412'];
  if (ACCESS[key] !== 'anyone') codes.push('E401', 'E403');
  if (!key.startsWith('GET ')) codes.push('E400', 'E402', 'E405', 'E409', 'E410');
  if (parts.params !== undefined) codes.push('E404');
  if (parts.querystring !== undefined || parts.headers !== undefined) codes.push('E402');
  return codes;
}

function accessSentence(key: RouteKey): string {
  const access = ACCESS[key];
  return access === 'anyone' ? 'No login.' : `Needs the role ${access}.`;
}

/** Answer of a request that leaves nothing to say. */
export const NoContent = z.null().meta({ description: 'Done' });

const STATUS_WORDS: Readonly<Record<string, string>> = {
  200: 'Done',
  201: 'Created',
  202: 'Accepted',
};

/** Schemas of answers with words to them; what brings its own words, or no body, stays as it is. */
function described(response: RouteParts['response']): object {
  return Object.fromEntries(
    Object.entries(response).map(([status, schema]) => {
      const description = STATUS_WORDS[status];
      if (description === undefined || !(schema instanceof z.ZodType)) return [status, schema];
      return [status, { description, content: { 'application/json': { schema } } }];
    }),
  );
}

/** One entry per status, naming its codes. Untyped on purpose: handlers answer well or throw. */
function problemResponses(codes: readonly ErrorCode[]): object {
  const byStatus = Map.groupBy([...new Set(codes)].sort(), (code) => ERRORS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      status,
      {
        description: group.map((code) => `${code} ${ERRORS[code].title}`).join('; '),
        content: { [PROBLEM_TYPE]: { schema: Problem } },
      },
    ]),
  );
}
