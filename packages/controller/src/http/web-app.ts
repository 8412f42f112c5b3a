import staticFiles from '@fastify/static';
import { PeristaError } from '@perista/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from './app.ts';
import { HtmlAnswer, homePage } from './pages.ts';
import { routeSchema } from './route-schema.ts';

const YEAR_S = 31_536_000;
const ENTRY = 'index.html';
/** Addresses of programs: what is missing there is an error, never a page. */
const FOR_PROGRAMS = /^\/(api|socket\.io|assets|metrics)(\/|$|\?)/;

/**
 * The GUI as it was built into `folder`: its assets, whose names change with their content, and its page for every
 * address that a browser opens as a page. Without a folder a plain page tells where to go.
 */
export async function serveWeb(app: App, folder: string | undefined): Promise<void> {
  if (folder !== undefined) await app.register(staticFiles, { root: folder, serve: false, preCompressed: true });
  const sendPage = (reply: FastifyReply) =>
    folder === undefined
      ? reply.type('text/html; charset=utf-8').send(homePage)
      : reply.header('cache-control', 'no-cache').sendFile(ENTRY, { cacheControl: false });

  app.get(
    '/',
    {
      schema: routeSchema('GET /', {
        tags: ['unit'],
        summary: 'The screens',
        response: { 200: HtmlAnswer },
      }),
    },
    (_request, reply) => {
      sendPage(reply);
    },
  );

  app.setNotFoundHandler(async (request, reply) => {
    if (folder !== undefined && wantsPage(request)) return sendPage(reply);
    throw new PeristaError('E404', `Nothing stands at ${pathOf(request)}`);
  });

  if (folder === undefined) return;
  for (const [url, maxAgeS] of [
    ['/assets/*', YEAR_S],
    ['/icon.svg', 3600],
  ] as const) {
    app.get(url, { schema: { hide: true } }, (request, reply) => {
      reply.header('cache-control', `public, max-age=${maxAgeS}${maxAgeS === YEAR_S ? ', immutable' : ''}`);
      return reply.sendFile(pathOf(request), { cacheControl: false });
    });
  }
}

const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0] ?? url;

function wantsPage(request: FastifyRequest): boolean {
  const { method, url, headers } = request;
  return method === 'GET' && !FOR_PROGRAMS.test(url) && (headers.accept ?? '').includes('text/html');
}
