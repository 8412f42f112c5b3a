// The routes of what was given by day and of which unit it is: who may ask, and what is asked for.
import { describe, expect, it } from 'vitest';
import { startFixture } from '../http-fixture.ts';

describe('GET /api/pumps/:id/history', () => {
  it('answers a viewer, for 30 days unless said otherwise', async () => {
    const { call, logInAs } = await startFixture();
    const session = await logInAs('viewer');
    const daysOf = async (query: string) => {
      const answer = await call('GET', `/api/pumps/ph-down/history${query}`, { session });
      expect(answer.statusCode).toBe(200);
      return answer.json();
    };
    // The fake tells how many days it was asked for.
    expect(await daysOf('')).toMatchObject({ pump_id: 'ph-down', timezone: 'Europe/Warsaw', days: [{ doses: 30 }] });
    expect(await daysOf('?days=400')).toMatchObject({ days: [{ doses: 400 }] });
  });

  it('refuses other numbers of days, strangers and pumps that are not there', async () => {
    const { call, logInAs } = await startFixture();
    const session = await logInAs('viewer');
    for (const query of ['?days=0', '?days=401', '?days=1e1', '?days=-1', '?days=', '?days=7&days=8', '?day=7']) {
      const answer = await call('GET', `/api/pumps/ph-down/history${query}`, { session });
      expect([query, answer.json().code]).toEqual([query, 'E402']);
    }
    expect((await call('GET', '/api/pumps/ph-down/history')).statusCode).toBe(401);
    expect((await call('GET', '/api/pumps/nope/history', { session })).statusCode).toBe(404);
  });
});

describe('GET /api/about', () => {
  it('tells a viewer which unit it is and what time it has', async () => {
    const { call, clock, logInAs } = await startFixture();
    const session = await logInAs('viewer');
    await clock.advance(1_500);
    expect((await call('GET', '/api/about', { session })).json()).toEqual({
      version: '1.2.3',
      doser_id: 'doser',
      timezone: 'Europe/Warsaw',
      emulated: true,
      started_at: '2026-03-01T07:30:00.000Z',
      now: '2026-03-01T07:30:01.500Z',
    });
    expect((await call('GET', '/api/about')).statusCode).toBe(401);
  });
});
