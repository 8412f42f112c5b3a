import { PeristaError } from '@perista/core';
import type { HTTPMethods } from 'fastify';
import { DOCS_PREFIX } from './access.ts';
import type { App } from './app.ts';
import { wantsPage } from './web-app.ts';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Which methods each address takes, gathered while routes are registered. */
export function collectMethods(app: App): ReadonlyMap<string, ReadonlySet<string>> {
  const methodsByUrl = new Map<string, Set<string>>();
  app.addHook('onRoute', (route) => {
    const methods = methodsByUrl.get(route.url) ?? new Set<string>();
    for (const method of [route.method].flat()) methods.add(method);
    methodsByUrl.set(route.url, methods);
  });
  return methodsByUrl;
}

/** Answers what an address does not take: OPTIONS with the methods it does, all else with 405 and the same list. */
export function registerFallbacks(app: App, methodsByUrl: ReadonlyMap<string, ReadonlySet<string>>): void {
  for (const [url, taken] of [...methodsByUrl]) {
    if (url.startsWith(DOCS_PREFIX)) continue;
    const allow = [...taken, 'OPTIONS'].sort().join(', ');
    app.route({
      url,
      method: METHODS.filter((method) => !taken.has(method)),
      config: { fallback: true },
      schema: { hide: true },
      onRequest: async (request, reply) => {
        // A page and an alias of the API may have the same address.
        if (wantsPage(request)) return reply.callNotFound();
        reply.header('allow', allow);
        if (request.method === 'OPTIONS') return reply.code(204).send();
        throw new PeristaError('E411', `${url} takes ${allow}, not ${request.method}`);
      },
      handler: () => undefined,
    });
  }
}
