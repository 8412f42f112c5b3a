import cookies from '@fastify/cookie';
import { type Clock, type Log, type Random, randomHex } from '@perista/core';
import fastify from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Accounts } from '../auth/accounts.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { UnitMetrics } from '../metrics/unit-metrics.ts';
import type { MqttDesk } from '../mqtt/mqtt-desk.ts';
import type { MqttUserService } from '../mqtt-users/mqtt-user-service.ts';
import type { NotificationService } from '../notifications/notification-service.ts';
import { type OriginRule, originGuard } from '../origin/origin-guard.ts';
import type { ControllerServices } from '../services.ts';
import type { SettingsService } from '../settings/settings-service.ts';
import { logAccess } from './access-log.ts';
import type { App, RouteContext } from './app.ts';
import { authenticator } from './authenticator.ts';
import { registerBodyParsers } from './body-parsers.ts';
import { errorDoor } from './error-door.ts';
import { collectMethods, registerFallbacks } from './method-fallback.ts';
import { describeApi } from './openapi.ts';
import { guardRoutes } from './route-guard.ts';
import { alarmRoutes } from './routes/alarms.ts';
import { calibrationRoutes } from './routes/calibrations.ts';
import { containerRoutes } from './routes/containers.ts';
import { deviceHistoryRoutes } from './routes/device-history.ts';
import { deviceOrderRoutes } from './routes/device-orders.ts';
import { deviceRoutes } from './routes/devices.ts';
import { doseRoutes } from './routes/doses.ts';
import { dosingUnitRoutes } from './routes/dosing-unit.ts';
import { eventRoutes } from './routes/events.ts';
import { historyRoutes } from './routes/history.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { mqttRoutes } from './routes/mqtt.ts';
import { mqttUserRoutes } from './routes/mqtt-users.ts';
import { notificationRoutes } from './routes/notifications.ts';
import { planRoutes } from './routes/plan.ts';
import { primeRoutes } from './routes/primes.ts';
import { pumpRoutes } from './routes/pumps.ts';
import { scheduleRoutes } from './routes/schedules.ts';
import { separationRoutes } from './routes/separations.ts';
import { sessionRoutes } from './routes/session.ts';
import { sessionListRoutes } from './routes/sessions.ts';
import { settingRoutes } from './routes/settings.ts';
import { emergencyStopRoutes } from './routes/stops.ts';
import { timeRoutes } from './routes/time.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { unitRoutes } from './routes/unit.ts';
import { userRoutes } from './routes/users.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { SessionCookie } from './session-cookie.ts';
import { validatorCompiler } from './validation.ts';
import { serveWeb } from './web-app.ts';

export interface HttpServerPorts {
  readonly services: ControllerServices;
  readonly accounts: Accounts;
  readonly metrics: UnitMetrics;
  readonly notifications: NotificationService;
  readonly settings: SettingsService;
  readonly mqtt: MqttDesk;
  readonly fleet: Pick<Fleet, 'views' | 'rights' | 'orders' | 'trends'>;
  readonly mqttUsers: MqttUserService;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly version: string;
  /** Which names it answers to and which pages may write. */
  readonly origin: OriginRule;
  /** Where the built GUI lies, asked at each request; undefined while there is none. */
  readonly webFolder?: () => string | undefined;
  /** Whether the API tells how it is used: its description, and which methods an address takes; default true. */
  readonly isDescribed?: boolean;
}

const MAX_BODY_BYTES = 65_536;
/** Longest id in a path, a dose's, with every character escaped. */
const MAX_PARAM_CHARACTERS = 3 * 128;
/** Time for a request to arrive whole; a dose order has a few hundred bytes. */
const REQUEST_TIMEOUT_MS = 30_000;

/** The HTTP API, ready to `listen` or `inject`. Everything that comes in passes the guard, the strict parser and a schema. */
export async function buildHttpServer(ports: HttpServerPorts): Promise<App> {
  const { services, accounts, metrics, notifications, settings, mqtt, mqttUsers, fleet, clock, random, log } = ports;
  const { isDescribed = true } = ports;
  const https = ports.origin.publicUrl?.startsWith('https:') ?? false;
  const cookie = new SessionCookie(clock, https);
  const door = errorDoor(log);
  const requestPrefix = randomHex(random, 4);
  let requests = 0;

  const app: App = fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: MAX_PARAM_CHARACTERS },
    genReqId: () => `${requestPrefix}-${++requests}`,
    forceCloseConnections: true,
    frameworkErrors: door,
  }).withTypeProvider<ZodTypeProvider>();

  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(door);
  logAccess(app, { clock, log, meter: metrics.onRequest });
  await setSecurityHeaders(app, https);
  await app.register(cookies);
  guardRoutes(app, originGuard(ports.origin), authenticator(accounts.logins));
  registerBodyParsers(app);
  const methods = collectMethods(app);
  if (isDescribed) await describeApi(app, ports.version);

  const context: RouteContext = {
    services,
    accounts,
    cookie,
    metrics,
    notifications,
    settings,
    mqtt,
    mqttUsers,
    fleet,
  };
  for (const register of ROUTES) register(app, context);
  await serveWeb(app, ports.webFolder);
  if (isDescribed) registerFallbacks(app, methods);
  await app.ready();
  return app;
}

const ROUTES = [
  unitRoutes,
  metricsRoutes,
  sessionRoutes,
  sessionListRoutes,
  tokenRoutes,
  userRoutes,
  mqttUserRoutes,
  pumpRoutes,
  historyRoutes,
  containerRoutes,
  doseRoutes,
  primeRoutes,
  dosingUnitRoutes,
  calibrationRoutes,
  scheduleRoutes,
  planRoutes,
  separationRoutes,
  timeRoutes,
  emergencyStopRoutes,
  eventRoutes,
  notificationRoutes,
  settingRoutes,
  mqttRoutes,
  deviceRoutes,
  deviceOrderRoutes,
  alarmRoutes,
  deviceHistoryRoutes,
];
