// Proves what a stranger can see of the unit, and that the event log can be taken away.
import { ERRORS } from '@perista/core';
import { describe, expect, it } from 'vitest';
import { startFixture } from '../http-fixture.ts';

describe('the unit', () => {
  it('tells its health to anybody', async () => {
    const { call } = await startFixture();
    const answer = await call('GET', '/api/health');
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ok', reasons: [], version: '1.2.3' }]);
  });

  it('has a first page and an error page that load nothing and run nothing', async () => {
    const { call } = await startFixture();
    for (const url of ['/', '/api/errors']) {
      const page = await call('GET', url);
      expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(page.body).not.toMatch(/<script|<style|style=|src=|https?:/);
    }
    expect((await call('GET', '/')).body).toContain('href="/api/docs/"');
  });

  it('explains each error code where the type of a problem leads', async () => {
    const { call } = await startFixture();
    const page = (await call('GET', '/api/errors')).body;
    const { type } = (await call('GET', '/nope')).json();
    expect(type).toBe('/api/errors#E404');
    for (const code of Object.keys(ERRORS)) expect(page).toContain(`id="${code}"`);
  });

  it('tells the event log, as a list and as a table', async () => {
    const { call, logIn } = await startFixture();
    const session = await logIn();
    const list = (await call('GET', '/api/events?kind=login', { session })).json();
    expect(list.items).toMatchObject([{ kind: 'login', actor: 'admin', data: { address: '127.0.0.1' } }]);
    const table = await call('GET', '/api/events/export.csv', { session });
    const rows = table.body.split('\r\n');
    expect([rows[0], rows[2]]).toEqual([
      'seq,at,kind,severity,pump_id,dose_id,actor,data',
      '1,2026-03-01T07:30:00.000Z,setup,info,,,admin,"{""from"":""settings""}"',
    ]);
  });
});
