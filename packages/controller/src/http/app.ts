import type { IncomingMessage, ServerResponse } from 'node:http';
import { assert } from '@perista/core';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { AuthService } from '../auth/auth-service.ts';
import type { Actor, ControllerServices } from '../services.ts';
import type { SessionCookie } from './session-cookie.ts';

/** Fastify whose routes are typed by their zod schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What routes may call. */
export interface RouteContext {
  readonly services: ControllerServices;
  readonly auth: AuthService;
  readonly cookie: SessionCookie;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null on routes that anybody may use. */
    actor: Actor | null;
  }
}

/** Who asks, on a route that needs a login. */
export function actorOf(request: FastifyRequest): Actor {
  assert(request.actor !== null, `${request.method} ${request.url} runs for a known actor only`);
  return request.actor;
}
