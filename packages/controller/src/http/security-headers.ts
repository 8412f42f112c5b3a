import helmet from '@fastify/helmet';
import type { App } from './app.ts';

/** Pages may load from this server alone, run no inline script and stand in no foreign frame. */
export async function setSecurityHeaders(app: App, https: boolean): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        // The API viewer's style sheet holds its icons as data.
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Over plain http a browser ignores it; behind https it must not fall back.
    strictTransportSecurity: https,
    xFrameOptions: { action: 'deny' },
  });
  app.addHook('onSend', async (request, reply) => {
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
}
