import { z } from 'zod';
import type { App, RouteContext } from '../app.ts';
import { routeSchema } from '../route-schema.ts';

const MetricsAnswer = {
  description: 'Metrics in the text format of Prometheus',
  content: { 'text/plain': { schema: z.string() } },
};

/** What Prometheus scrapes. */
export function metricsRoutes(app: App, { metrics }: RouteContext): void {
  app.get(
    '/metrics',
    {
      schema: routeSchema('GET /metrics', {
        tags: ['unit'],
        summary: 'Metrics for Prometheus; give its scraper a viewer token',
        response: { 200: MetricsAnswer },
      }),
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.scrape()),
  );
}
