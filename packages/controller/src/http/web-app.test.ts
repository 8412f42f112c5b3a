// Proves that the GUI is served for what a browser opens as a page, its assets for ever, and nothing outside its folder.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { startFixture } from './http-fixture.ts';

const PAGE = '<!doctype html><title>screens</title>';
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

function webFolder(): () => string {
  const folder = mkdtempSync(join(tmpdir(), 'perista-web-'));
  mkdirSync(join(folder, 'dist', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'outside');
  writeFileSync(join(folder, 'dist', 'index.html'), PAGE);
  writeFileSync(join(folder, 'dist', 'assets', 'index-1a2b.js'), 'let x;');
  writeFileSync(join(folder, 'dist', 'assets', 'index-1a2b.js.gz'), gzipSync('let x;'));
  return () => join(folder, 'dist');
}

describe('the GUI', () => {
  it('answers every address that a browser opens as a page, and asks to be looked up anew each time', async () => {
    const { call } = await startFixture({ webFolder: webFolder() });
    for (const url of ['/', '/pumps/ph-down', '/doses?state=done', '/schedules']) {
      const answer = await call('GET', url, { headers: BROWSER });
      expect([answer.statusCode, answer.body, answer.headers['cache-control']]).toEqual([200, PAGE, 'no-cache']);
    }
  });

  it('is not what programs get for a wrong address', async () => {
    const { call } = await startFixture({ webFolder: webFolder() });
    for (const [url, headers] of [
      ['/api/nothing', BROWSER],
      ['/assets/gone.js', BROWSER],
      ['/pumps/ph-down', { accept: 'application/json' }],
    ] as const) {
      const answer = await call('GET', url, { headers });
      expect([url, answer.statusCode, answer.json().code]).toEqual([url, 404, 'E404']);
    }
    expect((await call('POST', '/pumps/ph-down', { headers: BROWSER })).statusCode).toBe(404);
  });

  it('lets assets be kept for ever, compressed for whoever takes it', async () => {
    const { call } = await startFixture({ webFolder: webFolder() });
    const plain = await call('GET', '/assets/index-1a2b.js');
    expect([plain.body, plain.headers['cache-control']]).toEqual(['let x;', 'public, max-age=31536000, immutable']);
    const zipped = await call('GET', '/assets/index-1a2b.js', { headers: { 'accept-encoding': 'gzip' } });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(zipped.rawPayload).toString()).toBe('let x;');
  });

  it('gives nothing that lies outside its folder', async () => {
    const { call } = await startFixture({ webFolder: webFolder() });
    for (const url of [
      '/assets/../../secret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/assets/%2e%2e/%2e%2e/secret.txt',
    ]) {
      expect((await call('GET', url)).body).not.toContain('outside');
    }
  });

  it('is there as soon as it is built', async () => {
    let built: string | undefined;
    const { call } = await startFixture({ webFolder: () => built });
    expect((await call('GET', '/', { headers: BROWSER })).body).not.toBe(PAGE);
    expect((await call('GET', '/assets/index-1a2b.js')).statusCode).toBe(404);
    built = webFolder()();
    expect((await call('GET', '/', { headers: BROWSER })).body).toBe(PAGE);
    expect((await call('GET', '/assets/index-1a2b.js')).statusCode).toBe(200);
  });

  it('is replaced by a plain page where it was not built', async () => {
    const { call } = await startFixture();
    expect((await call('GET', '/', { headers: BROWSER })).body).toContain('/api/docs/');
    expect((await call('GET', '/pumps/ph-down', { headers: BROWSER })).statusCode).toBe(404);
  });
});
