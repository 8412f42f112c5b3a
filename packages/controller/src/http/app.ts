import type { IncomingMessage, ServerResponse } from 'node:http';
import { assert } from '@perista/core';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Accounts } from '../auth/accounts.ts';
import type { Login } from '../auth/login.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { UnitMetrics } from '../metrics/unit-metrics.ts';
import type { MqttDesk } from '../mqtt/mqtt-desk.ts';
import type { MqttUserService } from '../mqtt-users/mqtt-user-service.ts';
import type { NotificationService } from '../notifications/notification-service.ts';
import type { Actor, ControllerServices } from '../services.ts';
import type { SettingsService } from '../settings/settings-service.ts';
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
  readonly accounts: Accounts;
  readonly cookie: SessionCookie;
  readonly metrics: Pick<UnitMetrics, 'scrape' | 'contentType'>;
  readonly notifications: NotificationService;
  readonly settings: SettingsService;
  readonly mqtt: MqttDesk;
  readonly fleet: Pick<Fleet, 'views' | 'rights' | 'orders' | 'trends'>;
  readonly mqttUsers: MqttUserService;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null on routes that anybody may use. */
    login: Login | null;
  }
}

/** Who asks, on a route that needs a login. */
export const actorOf = (request: FastifyRequest): Actor => loginOf(request).actor;

/** By which session or token somebody asks, on a route that needs one. */
export function loginOf(request: FastifyRequest): Login {
  assert(request.login !== null, `${request.method} ${request.routeOptions.url} runs for a known login only`);
  return request.login;
}
