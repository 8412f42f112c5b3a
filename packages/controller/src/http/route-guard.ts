import { assert, PeristaError } from '@perista/core';
import type { RouteOptions } from 'fastify';
import { mayAct } from '../auth/role.ts';
import type { OriginGuard } from '../origin/origin-guard.ts';
import { accessOf } from './access.ts';
import type { App } from './app.ts';
import type { Authenticator } from './authenticator.ts';

/**
 * Who may come in, decided before a byte of the body is read. Register it before any route: a route that has no line in
 * the access table stops the server from starting.
 */
export function guardRoutes(app: App, guard: OriginGuard, authenticate: Authenticator): void {
  app.decorateRequest('login', null);

  app.addHook('onRoute', (route: RouteOptions) => {
    for (const method of [route.method].flat()) {
      const open = isFallback(route) || accessOf(method, route.url) !== undefined;
      assert(open, `${method} ${route.url} stands in the access table`);
    }
  });

  app.addHook('onRequest', async (request) => {
    guard(request.method, request.headers);
    const { url } = request.routeOptions;
    if (url === undefined || isFallback(request.routeOptions)) return;
    const needed = accessOf(request.method, url);
    assert(needed !== undefined, `${request.method} ${url} stands in the access table`);
    if (needed === 'anyone') return;
    request.login = authenticate(request);
    const { name, role } = request.login.actor;
    if (!mayAct(role, needed)) throw new PeristaError('E403', `This needs the role ${needed}; ${name} is ${role}`);
  });
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Marks a route that only tells which methods its address takes. */
    fallback?: boolean;
  }
}

function isFallback(route: { config?: { fallback?: boolean } | undefined }): boolean {
  return route.config?.fallback === true;
}
