// Proves that orders and the ledger go through as they came, and that each outcome has its own answer.
import { describe, expect, it } from 'vitest';
import { doseRow } from '../fake-rows.ts';
import { actorNamed, startFixture } from '../http-fixture.ts';

const ORDER = '/api/pumps/ph-down/doses';

describe('an order', () => {
  it('that is accepted is 202 with the dose and where to find it', async () => {
    const { call, logIn, services } = await startFixture();
    const answer = await call('POST', ORDER, {
      session: await logIn(),
      payload: { volume_ml: 5, duration_s: 30 },
      headers: { 'idempotency-key': 'breakfast-1' },
    });
    expect(answer.statusCode).toBe(202);
    expect(answer.headers.location).toBe('/api/doses/key.ph-down.admin.breakfast-1');
    expect(answer.json()).toMatchObject({ state: 'accepted', volume_ml: 5, duration_s: 30 });
    expect(services.calls).toEqual([
      {
        name: 'order',
        args: [
          {
            pumpId: 'ph-down',
            request: { volume_ml: 5, duration_s: 30 },
            actor: actorNamed('admin', 'admin'),
            cause: 'manual',
            key: 'breakfast-1',
          },
        ],
      },
    ]);
  });

  it('without a key has none, rather than an empty one', async () => {
    const { call, logIn, services } = await startFixture();
    await call('POST', ORDER, { session: await logIn(), payload: { volume_ml: 5 } });
    expect(services.calls[0]?.args[0]).not.toHaveProperty('key');
  });

  it('that a rule refuses is 422 with the rule, the limit, the value and the way out', async () => {
    const { call, logIn, services } = await startFixture();
    services.outcome = {
      kind: 'refused',
      doseId: 'd7',
      refusal: {
        kind: 'refused',
        reason: 'rate-too-high',
        code: 'E420',
        sentence: '50 ml in 2.5 s is 1200 ml/min, but this pump gives at most 40 ml/min.',
        limit: 40,
        value: 1200,
        unit: 'ml/min',
        fastestDurationS: 75,
      },
    };
    const answer = await call('POST', ORDER, { session: await logIn(), payload: { volume_ml: 50, duration_s: 2.5 } });
    expect(answer.statusCode).toBe(422);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toEqual({
      type: '/api/errors#E420',
      title: 'Rate is higher than the pump can give',
      status: 422,
      detail: '50 ml in 2.5 s is 1200 ml/min, but this pump gives at most 40 ml/min.',
      code: 'E420',
      errors: ['volume_ml', 'duration_s'].map((path) => ({
        path,
        message: expect.stringContaining('at most 40 ml/min'),
      })),
      reason: 'rate-too-high',
      limit: 40,
      value: 1200,
      unit: 'ml/min',
      fastest_duration_s: 75,
      dose_id: 'd7',
    });
  });

  it('under a key that had another body is 409', async () => {
    const { call, logIn, services } = await startFixture();
    services.outcome = { kind: 'key-reused', doseId: 'd7' };
    const answer = await call('POST', ORDER, { session: await logIn(), payload: { volume_ml: 6 } });
    expect(answer.json()).toMatchObject({ status: 409, code: 'E407', dose_id: 'd7' });
  });

  it.each([['x'.repeat(129)], ['caf\u00e9'], ['']])('under the key %j is refused', async (key) => {
    const { call, logIn, services } = await startFixture();
    const answer = await call('POST', ORDER, {
      session: await logIn(),
      payload: { volume_ml: 5 },
      headers: { 'idempotency-key': key },
    });
    expect(answer.json()).toMatchObject({ status: 400, code: 'E402', errors: [{ path: 'idempotency-key' }] });
    expect(services.calls).toEqual([]);
  });

  it('for a pump that is not there is 404', async () => {
    const { call, logIn } = await startFixture();
    const answer = await call('POST', '/api/pumps/nope/doses', { session: await logIn(), payload: { volume_ml: 5 } });
    expect(answer.json()).toMatchObject({ status: 404, code: 'E404' });
  });
});

describe('the ledger', () => {
  it('is listed by pages, and found by id', async () => {
    const { call, logIn, services } = await startFixture();
    const session = await logIn();
    services.ledger.push(...['d3', 'd2', 'd1'].map((dose_id) => doseRow({ dose_id })));
    const first = (await call('GET', '/api/doses?limit=2', { session })).json();
    expect(first.items.map(({ dose_id }: { dose_id: string }) => dose_id)).toEqual(['d3', 'd2']);
    const rest = (await call('GET', `/api/doses?limit=2&cursor=${first.next_cursor}`, { session })).json();
    expect([rest.items.length, rest.next_cursor]).toEqual([1, null]);
    expect((await call('GET', '/api/doses/d2', { session })).json()).toEqual(doseRow({ dose_id: 'd2' }));
    expect((await call('GET', '/api/doses/d9', { session })).statusCode).toBe(404);
  });

  it('lets a dose be cancelled, in the name of who asks', async () => {
    const { call, logInAs, services } = await startFixture();
    services.ledger.push(doseRow({ dose_id: 'd1', state: 'queued' }));
    const answer = await call('POST', '/api/doses/d1/cancel', { session: await logInAs('operator'), payload: {} });
    expect(answer.json()).toMatchObject({ dose_id: 'd1', state: 'cancelled' });
    expect(services.calls).toEqual([{ name: 'cancel', args: ['d1', actorNamed('the-operator', 'operator')] }]);
  });

  it('leaves as a table, whole, filtered, and safe for a spreadsheet', async () => {
    const { call, logIn, services } = await startFixture();
    const rows = Array.from({ length: 1_201 }, (_, index) => doseRow({ dose_id: `d${index}` }));
    services.ledger.push(...rows, doseRow({ dose_id: 'bad', actor: '=cmd|calc', state: 'partial', reason: 'a, "b"' }));
    const session = await logIn();
    const answer = await call('GET', '/api/doses/export.csv', { session });
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.headers['content-disposition']).toBe('attachment; filename="perista-doses.csv"');
    const lines = answer.body.split('\r\n');
    expect(lines).toHaveLength(1 + 1_202 + 1);
    expect(lines[0]).toMatch(/^dose_id,pump_id,state,cause,actor,/);
    expect(lines[1_202]).toContain(`bad,ph-down,partial,manual,'=cmd|calc,`);
    expect(lines[1_202]).toContain('"a, ""b"""');
    const partial = await call('GET', '/api/doses/export.csv?state=partial', { session });
    expect(partial.body.split('\r\n')).toHaveLength(3);
    expect((await call('GET', '/api/doses/export.csv?limit=5', { session })).json().code).toBe('E402');
  });
});
