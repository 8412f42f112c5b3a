// Proves that schedules come in and go out as documented: by either name of a key, with what is wrong at its key, and each run
// by hand under its key once.
import { describe, expect, it } from 'vitest';
import { actorNamed, startFixture } from './http-fixture.ts';

describe('the API of schedules', () => {
  it('takes a schedule at both of its addresses, also in the short words', async () => {
    const { call, logIn, services } = await startFixture();
    const session = await logIn();
    const payload = { cron: '0 8 * * *', volume: 50 };
    for (const url of ['/schedules', '/api/schedules']) {
      const answer = await call('POST', url, { session, payload });
      expect([answer.statusCode, answer.headers.location]).toEqual([201, '/api/schedules/s-1']);
      expect(services.calls.at(-1)).toEqual({ name: 'createSchedule', args: [payload, actorNamed('admin', 'admin')] });
    }
  });

  it.each([
    [{ cron: '0 8 * * *', volume_ml: 0 }, 'volume_ml', 'must be greater than 0, is 0'],
    [{ cron: '0 8 * * *', volume_ml: '50' }, 'volume_ml', 'must be a number, is "50"'],
    [{ timezone: 'Mars/Olympus' }, 'timezone', 'must be an IANA time zone such as Europe/Warsaw, is "Mars/Olympus"'],
    [{ timezone: '+02:00' }, 'timezone', 'must be an IANA time zone such as Europe/Warsaw, is "+02:00"'],
    [{ tolerance_s: 5 }, 'tolerance_s', 'must be at least 60, is 5'],
    [{ missed_policy: 'later' }, 'missed_policy', 'must be "late" or "skip", is "later"'],
    [{ paused_until: '2027-02-30' }, 'paused_until', 'must be a date such as 2027-03-28, is "2027-02-30"'],
    [{ crn: '0 8 * * *' }, 'crn', 'is not a known key'],
    [
      { rule: { kind: 'weekdays', days: ['mon'], times: ['8:00'] } },
      'rule.times[0]',
      'must be a time of the day such as 08:00, is "8:00"',
    ],
    [
      { rule: { kind: 'windows', doses_per_day: 3, daily_ml: 1.0005, windows: [] } },
      'rule.windows',
      'must have at least 1 entries, is []',
    ],
  ])('names what is wrong with %o', async (payload, path, message) => {
    const { call, logIn, services } = await startFixture();
    const answer = await call('POST', '/api/schedules', { session: await logIn(), payload });
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'E402']);
    expect(answer.json().errors).toContainEqual({ path, message });
    expect(services.calls).toEqual([]);
  });

  it('changes, removes, runs by hand and tells of the doses', async () => {
    const { call, logIn, services } = await startFixture();
    const session = await logIn();
    const actor = actorNamed('admin', 'admin');
    const patch = { enabled: false, paused_until: null };
    expect((await call('PATCH', '/api/schedules/s-1', { session, payload: patch })).statusCode).toBe(200);
    const headers = { 'idempotency-key': 'k1' };
    expect((await call('POST', '/api/schedules/s-1/run', { session, headers })).statusCode).toBe(202);
    expect((await call('DELETE', '/api/schedules/s-1', { session })).statusCode).toBe(204);
    expect(services.calls).toEqual([
      { name: 'updateSchedule', args: ['s-1', patch, actor] },
      { name: 'runSchedule', args: ['s-1', actor, 'k1'] },
      { name: 'removeSchedule', args: ['s-1', actor] },
    ]);
    expect((await call('GET', '/api/schedules', { session })).json().items).toHaveLength(1);
    expect((await call('GET', '/api/schedules/s-1/history?limit=5', { session })).json()).toEqual({
      items: [],
      next_cursor: null,
    });
    for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
      const answer = await call(method, '/api/schedules/s-2', { session, ...(method === 'PATCH' && { payload: {} }) });
      expect(answer.statusCode).toBe(404);
    }
  });
});
