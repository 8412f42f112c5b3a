import { PeristaError } from '@perista/core';
import type { FastifyRequest } from 'fastify';
import { WrongFields } from '../wrong-fields.ts';
import type { App } from './app.ts';
import { valueText } from './field-errors.ts';
import { parseStrictJson } from './strict-json.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes no body and lets any pass: it must have its effect whatever else was sent. */
    ignoresBody?: boolean;
  }
}

/** JSON and nothing else comes in. A body of no bytes is no body, whatever type it claims. */
export function registerBodyParsers(app: App): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    if (request.routeOptions.config.ignoresBody === true) return undefined;
    const charset = /charset="?([^\s;"]+)/i.exec(request.headers['content-type'] ?? '')?.[1] ?? 'utf-8';
    if (charset.toLowerCase() !== 'utf-8') throw notJson(`in ${charset}; send UTF-8`);
    return parseStrictJson(body);
  });
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    if (body.length === 0 || request.routeOptions.config.ignoresBody === true) return undefined;
    throw notJson(`${request.headers['content-type'] ?? 'of no type'}; send Content-Type: application/json`);
  });
  app.addHook('preValidation', async (request) => {
    const { config, schema } = request.routeOptions;
    if (schema?.body === undefined && config.ignoresBody !== true) refuseBody(request.body);
  });
}

/** Where no body is taken, each key of one is unknown; `{}` says nothing and passes. */
function refuseBody(body: unknown): void {
  if (body === undefined || body === null) return;
  if (typeof body !== 'object' || Array.isArray(body)) {
    throw new WrongFields([{ path: '', message: `must be left out, is ${valueText(body)}` }]);
  }
  const errors = Object.keys(body).map((path) => ({ path, message: 'is not a known key' }));
  if (errors.length > 0) throw new WrongFields(errors);
}

function notJson(what: string): PeristaError {
  return new PeristaError('E409', `The body is ${what}`);
}
