import type { Clock, Log } from '@perista/core';
import type { HttpMeter } from '../metrics/http-meter.ts';
import type { App } from './app.ts';

/** Readings that went well; whoever watches a unit asks every few seconds. */
const isRoutine = (method: string, status: number) => (method === 'GET' || method === 'HEAD') && status < 400;

/** One line per request, routine ones for debugging only: who, what, how it ended. No headers, no bodies, no query: secrets travel there. */
export function logAccess(app: App, { clock, log, meter }: { clock: Clock; log: Log; meter: HttpMeter }): void {
  const startedMs = new WeakMap<object, number>();
  app.addHook('onRequest', async (request, reply) => {
    startedMs.set(request, clock.monotonicMs());
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const level = isRoutine(request.method, reply.statusCode) ? 'debug' : 'info';
    const tookMs = clock.monotonicMs() - (startedMs.get(request) ?? clock.monotonicMs());
    const route = request.routeOptions.url ?? null;
    meter({ method: request.method, route, status: reply.statusCode, tookS: tookMs / 1000 });
    log[level](
      {
        request_id: request.id,
        method: request.method,
        path: request.url.split('?', 1)[0],
        status: reply.statusCode,
        took_ms: Math.round(tookMs),
        actor: request.login?.actor.name ?? null,
        address: request.ip,
      },
      'request',
    );
  });
}
