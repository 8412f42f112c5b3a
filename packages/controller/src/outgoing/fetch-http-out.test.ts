// Proves that the way out sends what it is given, follows nobody elsewhere, and tells why nobody answered.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fetchHttpOut } from './fetch-http-out.ts';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`;
}

const post = (url: string, timeoutMs = 5_000) => fetchHttpOut.post({ url, token: 'abc', body: '{"a":1}', timeoutMs });

describe('fetchHttpOut', () => {
  it('posts JSON with its token', async () => {
    const seen: unknown[] = [];
    const url = await serve((request, response) => {
      const { method, headers } = request;
      request
        .setEncoding('utf8')
        .on('data', (body) => seen.push(method, headers.authorization, headers['content-type'], body));
      request.on('end', () => response.writeHead(201).end('thanks'));
    });
    expect(await post(url)).toEqual({ kind: 'answered', status: 201 });
    expect(seen).toEqual(['POST', 'Bearer abc', 'application/json', '{"a":1}']);
  });

  it('posts further headers, and no token where there is none', async () => {
    const seen: unknown[] = [];
    const url = await serve(({ headers }, response) => {
      seen.push(headers['perista-signature'], headers.authorization);
      response.end();
    });
    await fetchHttpOut.post({ url, headers: { 'perista-signature': 't=1' }, body: '{}', timeoutMs: 5_000 });
    expect(seen).toEqual(['t=1', undefined]);
  });

  it('does not carry its token elsewhere', async () => {
    let visits = 0;
    const elsewhere = await serve((_request, response) => {
      visits++;
      response.end();
    });
    const url = await serve((_request, response) => void response.writeHead(307, { location: elsewhere }).end());
    expect(await post(url)).toEqual({ kind: 'answered', status: 307 });
    expect(visits).toBe(0);
  });

  it('tells who did not answer', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await once(gone, 'close');
    expect(await post(`http://127.0.0.1:${port}/`)).toEqual({
      kind: 'silent',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
    const deaf = await serve(() => {});
    expect(await post(deaf, 50)).toEqual({ kind: 'silent', reason: expect.stringContaining('timeout') });
  });
});
