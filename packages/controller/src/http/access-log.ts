import type { Clock, Log } from '@perista/core';
import type { App } from './app.ts';

/** One line per request: who, what, how it ended. No headers, no bodies, no query: secrets travel there. */
export function logAccess(app: App, clock: Clock, log: Log): void {
  const startedMs = new WeakMap<object, number>();
  app.addHook('onRequest', async (request, reply) => {
    startedMs.set(request, clock.monotonicMs());
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const took = clock.monotonicMs() - (startedMs.get(request) ?? clock.monotonicMs());
    log.info(
      {
        request_id: request.id,
        method: request.method,
        path: request.url.split('?', 1)[0],
        status: reply.statusCode,
        took_ms: Math.round(took),
        actor: request.actor?.name ?? null,
        address: request.ip,
      },
      'request',
    );
  });
}
