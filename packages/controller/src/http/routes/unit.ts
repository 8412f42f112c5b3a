import { ERRORS, type ErrorCode } from '@perista/core';
import { About, Health } from '@perista/protocol/api';
import type { App, RouteContext } from '../app.ts';
import { errorsPage, HtmlAnswer } from '../pages.ts';
import { routeSchema } from '../route-schema.ts';

/** The unit itself: health, and pages for people. */
export function unitRoutes(app: App, { services: { about, health } }: RouteContext): void {
  app.get(
    '/api/health',
    {
      schema: routeSchema('GET /api/health', {
        tags: ['unit'],
        summary: 'Whether the unit works, and what ails it',
        description:
          '200 while it can dose, `degraded` with reasons where something is wrong; 503 when it is unusable.',
        response: { 200: Health },
      }),
    },
    async () => health.read(),
  );

  app.get(
    '/api/about',
    {
      schema: routeSchema('GET /api/about', {
        tags: ['unit'],
        summary: 'Which unit this is, and its clock',
        response: { 200: About },
      }),
    },
    async () => about.read(),
  );

  const errors = errorsPage(Object.keys(ERRORS) as ErrorCode[]);
  app.get(
    '/api/errors',
    {
      schema: routeSchema('GET /api/errors', {
        tags: ['unit'],
        summary: 'Every error code, for people; `type` of a problem leads here',
        response: { 200: HtmlAnswer },
      }),
    },
    async (_request, reply) => reply.type('text/html; charset=utf-8').send(errors),
  );
}
