// Proves that no foreign page can write, nor reach a loopback server under a name of its own.
import { describe, expect, it } from 'vitest';
import { originGuard } from './origin-guard.ts';

const passes = (guard: ReturnType<typeof originGuard>, method: string, headers: Record<string, string>) => {
  try {
    guard(method, headers);
    return true;
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'E405' });
    return false;
  }
};

describe('the origin guard', () => {
  const local = originGuard({ boundHost: '127.0.0.1' });
  const host = '127.0.0.1:8080';

  it.each([
    ['from our own page', { origin: 'http://127.0.0.1:8080', 'sec-fetch-site': 'same-origin' }, true],
    ['from a script, which names no origin', {}, true],
    ['from another site', { origin: 'https://evil.example' }, false],
    ['from another port of this machine', { origin: 'http://127.0.0.1:3000' }, false],
    ['from another scheme', { origin: 'https://127.0.0.1:8080' }, false],
    ['from a sandboxed page', { origin: 'null' }, false],
    ['from a name that only begins like ours', { origin: 'http://127.0.0.1:8080.evil.example' }, false],
    ['without an origin, but marked as of another site', { 'sec-fetch-site': 'cross-site' }, false],
    ['without an origin, but marked as of a sibling', { 'sec-fetch-site': 'same-site' }, false],
  ])('judges a write %s', (_what, headers, fine) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect(passes(local, method, { host, ...headers })).toBe(fine);
    }
  });

  it('lets reads pass whatever their origin: without CORS headers no foreign page can see the answer', () => {
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      expect(passes(local, method, { host, origin: 'https://evil.example' })).toBe(true);
    }
  });

  it.each([
    ['127.0.0.1:8080', true],
    ['127.8.8.8', true],
    ['localhost:9000', true],
    ['LOCALHOST', true],
    ['[::1]:8080', true],
    ['perista.localhost:8080', true],
    ['evil.example:8080', false],
    ['127.0.0.1.evil.example', false],
    ['localhost.evil.example', false],
    ['127.0.0.1@evil.example', false],
    ['192.168.1.5', false],
    ['', false],
  ])('bound to loopback, treats the host name %j as %s, against DNS rebinding', (name, fine) => {
    for (const boundHost of ['127.0.0.1', 'localhost', '::1']) {
      expect(passes(originGuard({ boundHost }), 'GET', { host: name })).toBe(fine);
    }
  });

  it('bound to loopback, does not answer who names no host at all', () => {
    expect(passes(local, 'GET', {})).toBe(false);
  });

  it('bound wider, answers to any name but still judges the origin of writes', () => {
    const wide = originGuard({ boundHost: '0.0.0.0' });
    expect(passes(wide, 'GET', { host: 'doser.lan:8080' })).toBe(true);
    expect(passes(wide, 'POST', { host: 'doser.lan:8080', origin: 'http://doser.lan:8080' })).toBe(true);
    expect(passes(wide, 'POST', { host: 'doser.lan:8080', origin: 'http://evil.example' })).toBe(false);
  });

  it('behind a proxy, answers to the public name and takes writes from its https pages', () => {
    const proxied = originGuard({ boundHost: '127.0.0.1', publicUrl: 'https://doser.example/' });
    expect(passes(proxied, 'POST', { host: 'doser.example', origin: 'https://doser.example' })).toBe(true);
    expect(passes(proxied, 'POST', { host: '127.0.0.1:8080', origin: 'https://doser.example' })).toBe(true);
    expect(passes(proxied, 'POST', { host: 'doser.example', origin: 'https://evil.example' })).toBe(false);
    expect(passes(proxied, 'GET', { host: 'evil.example' })).toBe(false);
  });
});
