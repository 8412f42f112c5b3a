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
 * The GUI as it lies in the folder that `findFolder` tells: its assets, whose names change with their content, and its
 * page for every address that a browser opens as a page. While there is none a plain page tells where to go.
 */
export async function serveWeb(app: App, findFolder: () => string | undefined = () => undefined): Promise<void> {
  // A root has to be named; each file is sent from the folder of the moment.
  await app.register(staticFiles, { root: import.meta.dirname, serve: false, preCompressed: true });
  const sendPage = (reply: FastifyReply) => {
    const folder = findFolder();
    if (folder === undefined) return reply.type('text/html; charset=utf-8').send(homePage);
    return reply.header('cache-control', 'no-cache').sendFile(ENTRY, folder, { cacheControl: false });
  };

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
    if (findFolder() !== undefined && wantsPage(request)) return sendPage(reply);
    throw nothingAt(request);
  });

  for (const [url, maxAgeS] of [
    ['/assets/*', YEAR_S],
    ['/icon.svg', 3600],
  ] as const) {
    app.get(url, { schema: { hide: true } }, (request, reply) => {
      const folder = findFolder();
      if (folder === undefined) throw nothingAt(request);
      reply.header('cache-control', `public, max-age=${maxAgeS}${maxAgeS === YEAR_S ? ', immutable' : ''}`);
      return reply.sendFile(pathOf(request), folder, { cacheControl: false });
    });
  }
}

const nothingAt = (request: FastifyRequest) => new PeristaError('E404', `Nothing stands at ${pathOf(request)}`);

const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0] ?? url;

/** Whether a browser asks for a page, at an address that is not for programs. */
export function wantsPage(request: FastifyRequest): boolean {
  const { method, url, headers } = request;
  return method === 'GET' && !FOR_PROGRAMS.test(url) && (headers.accept ?? '').includes('text/html');
}
