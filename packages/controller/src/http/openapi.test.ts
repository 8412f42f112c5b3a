// Proves that the description of the API is what is served, with every error, and shows without the internet.
import { ERRORS, type ErrorCode } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ACCESS } from './access.ts';
import { startFixture } from './http-fixture.ts';

const Operation = z.looseObject({
  summary: z.string().min(5),
  description: z.string(),
  tags: z.array(z.string()).length(1),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  parameters: z
    .array(z.looseObject({ name: z.string(), in: z.enum(['path', 'query', 'header']), schema: z.unknown() }))
    .optional(),
  responses: z.record(
    z.string().regex(/^\d{3}$/),
    z.looseObject({
      description: z.string(),
      content: z.record(z.string(), z.looseObject({ schema: z.unknown() })).optional(),
    }),
  ),
});
const ApiDocument = z.looseObject({
  openapi: z.string().startsWith('3.1'),
  info: z.looseObject({ title: z.string(), version: z.literal('1.2.3') }),
  paths: z.record(
    z.string().startsWith('/'),
    z
      .record(z.enum(['get', 'post', 'put', 'patch', 'delete']), Operation)
      .or(z.partialRecord(z.enum(['get', 'post', 'put', 'patch', 'delete']), Operation)),
  ),
  components: z.looseObject({
    schemas: z.record(z.string(), z.unknown()),
    securitySchemes: z.record(z.string(), z.unknown()),
  }),
});

async function readDocument() {
  const fixture = await startFixture();
  const text = (await fixture.call('GET', '/api/openapi.json')).body;
  const document = ApiDocument.parse(JSON.parse(text));
  const operations = Object.entries(document.paths).flatMap(([url, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      operation === undefined
        ? []
        : [{ key: `${method.toUpperCase()} ${url.replace(/{(\w+)}/g, ':$1')}`, url, operation }],
    ),
  );
  return { ...fixture, text, document, operations };
}

describe('the description of the API', () => {
  it('names exactly the routes that are served, and each in the access table', async () => {
    const { operations, app } = await readDocument();
    const described = operations.map(({ key }) => key).sort();
    expect(described).toEqual(Object.keys(ACCESS).sort());
    for (const { key, url } of operations) {
      const method = key.split(' ', 1)[0] as 'GET';
      expect(app.hasRoute({ method, url: url.replace(/{(\w+)}/g, ':$1') }), key).toBe(true);
    }
  });

  it('resolves every reference and holds no schema that nothing refers to', async () => {
    const { text, document } = await readDocument();
    const names = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name));
    expect([...names].sort()).toEqual(Object.keys(document.components.schemas).sort());
    expect(names.has('Problem')).toBe(true);
  });

  it('says of each operation who may call it and what goes wrong, with the code of the catalogue', async () => {
    const { operations } = await readDocument();
    for (const { key, operation } of operations) {
      const isOpen = ACCESS[key as keyof typeof ACCESS] === 'anyone';
      expect(operation.security === undefined, key).toBe(isOpen);
      const problems = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
      expect(problems.map(([status]) => status)).toEqual(
        expect.arrayContaining(isOpen ? ['500', '503'] : ['401', '403', '500', '503']),
      );
      for (const [status, { description, content }] of problems) {
        expect(content).toEqual({ 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } });
        const codes = description.match(/E\d{3}/g) ?? [];
        expect(codes.length, `${key} ${status}`).toBeGreaterThan(0);
        for (const code of codes) expect(ERRORS[code as ErrorCode].status, `${key} ${code}`).toBe(Number(status));
      }
      const good = Object.entries(operation.responses).filter(([status]) => Number(status) < 300);
      expect(good.length, key).toBeGreaterThan(0);
      for (const [, { description }] of good) expect(description, key).not.toBe('Default Response');
    }
  });

  it('lists every refusal of a dose', async () => {
    const { operations } = await readDocument();
    const order = operations.find(({ key }) => key === 'POST /api/pumps/:id/doses');
    const refusals = Object.entries(ERRORS).filter(([, { severity }]) => severity === 'refusal');
    for (const [code] of refusals) expect(order?.operation.responses['422']?.description).toContain(code);
  });

  it('is shown without a login and with nothing loaded from elsewhere', async () => {
    const { call } = await readDocument();
    const page = await call('GET', '/api/docs/');
    const links = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) {
      const asset = await call('GET', new URL(link, 'http://127.0.0.1:8080/api/docs/').pathname);
      expect(link).not.toMatch(/^(https?:)?\/\//);
      expect(asset.statusCode, link).toBe(200);
    }
    expect(page.body).not.toMatch(/<script(?![^>]*src=)/);
    const json = await call('GET', '/api/docs/json');
    expect(json.json().info.title).toBe('Perista');
  });
});
