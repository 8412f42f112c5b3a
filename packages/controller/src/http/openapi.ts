import swagger, { type SwaggerTransformObject } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { SESSION_COOKIE } from '../auth/login-proof.ts';
import { DOCS_PREFIX } from './access.ts';
import type { App } from './app.ts';
import { routeSchema } from './route-schema.ts';

/** Gathers the API's description from the routes' schemas, and shows it at `/api/docs` with nothing loaded from elsewhere. */
export async function describeApi(app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Perista',
        version,
        description:
          'Doses liquids with peristaltic pumps. Volumes in ml, durations in s, instants in RFC 3339 UTC. ' +
          'Unknown keys are refused and nothing is coerced. Errors are problems of RFC 9457 with a code of the catalogue.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE },
          token: { type: 'http', scheme: 'bearer', description: 'API token, `perista_…`' },
        },
      },
      tags: [
        { name: 'session', description: 'First password, log-in, log-out' },
        { name: 'access', description: 'Users, sessions, API tokens' },
        { name: 'pumps', description: 'What doses' },
        { name: 'containers', description: 'What pumps draw from' },
        { name: 'devices', description: 'Remote infusion devices' },
        { name: 'doses', description: 'The ledger' },
        { name: 'calibration', description: 'What a turn gives, and how far off that may be' },
        { name: 'stops', description: 'Always allowed to an operator' },
        { name: 'events', description: 'What happened' },
        { name: 'settings', description: 'What can be set while the unit runs, and the MQTT broker' },
        { name: 'unit', description: 'The unit itself' },
      ],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withoutUnusedSchemas(jsonSchemaTransformObject(document)),
  });
  await app.register(swaggerUi, { routePrefix: DOCS_PREFIX });
  app.get(
    '/api/openapi.json',
    {
      schema: routeSchema('GET /api/openapi.json', {
        tags: ['unit'],
        summary: 'This description',
        response: { 200: z.looseObject({}) },
      }),
    },
    async () => ({ ...app.swagger() }),
  );
}

type ApiDocument = ReturnType<SwaggerTransformObject>;

/** Every schema comes in a reading and a writing form; what nothing refers to would only be noise. */
function withoutUnusedSchemas(document: ApiDocument): ApiDocument {
  if (!('components' in document) || document.components?.schemas === undefined) return document;
  const { schemas } = document.components;
  const used = new Set<string>();
  const visit = (part: unknown): void => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      visit(schemas[name] ?? null);
    }
  };
  visit(document.paths);
  const kept = Object.entries(schemas).filter(([name]) => used.has(name));
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(kept) } } as ApiDocument;
}
