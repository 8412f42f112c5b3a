// Proves that what cannot be done is refused with its reason at the door, and that nothing moves (P3, I11).
import { beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, PASSWORD, type PumpTruth, problemOf, startUnit, type TestUnit } from './harness/index.ts';

const PATH = '/api/pumps/ph-down/doses';

let unit: TestUnit;
let untouched: PumpTruth;
beforeAll(async () => {
  unit = await startUnit();
  untouched = await unit.emulator.truth('ph-down');
});

/** Sends text as it stands, with the session of the unit's admin. */
async function sendText(text: string, headers: Record<string, string> = {}) {
  const login = await fetch(new URL('/api/session', unit.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ password: PASSWORD }),
  });
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const reply = await fetch(new URL(PATH, unit.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie, ...headers },
    body: text,
  });
  return problemOf({ status: reply.status, body: await reply.json() });
}

async function expectStill() {
  expect(await unit.emulator.truth('ph-down')).toEqual(untouched);
}

describe('an order that cannot be', () => {
  it('50 ml in 2.5 s is refused with the reason and the fastest possible duration, which then works', async () => {
    const refused = problemOf(await unit.api.order('ph-down', { volume_ml: 50, duration_s: 2.5 }));
    expect(refused).toMatchObject({ status: 422, code: 'E420' });
    expect(refused.fastest_duration_s).toBeGreaterThan(60);
    expect(refused.detail).toContain(String(refused.fastest_duration_s));
    await expectStill();
  });

  it.each(['"5"', '[5]', '-1', '-0', '-0.0', '1e9', 'null', 'true', '{}', '1e999'])(
    'volume_ml: %s names the key',
    async (value) => {
      const problem = await sendText(`{"volume_ml":${value},"duration_s":30}`);
      expect([400, 422]).toContain(problem.status);
      expect(JSON.stringify(problem)).toMatch(/volume/i);
      await expectStill();
    },
  );

  it.each([
    ['a doubled key', '{"volume_ml":1,"volume_ml":2}', /volume_ml/],
    ['an unknown key', '{"volume_ml":1,"volumeml":2}', /volumeml/],
    ['broken JSON', '{"volume_ml": 1,,}', /line 1.*column 17|column 17/],
  ])('%s', async (_, text, told) => {
    const problem = await sendText(text);
    expect(problem.status).toBe(400);
    expect(JSON.stringify(problem)).toMatch(told);
    await expectStill();
  });

  it('needs a login', async () => {
    const stranger = new ApiClient(unit.url);
    expect((await stranger.order('ph-down', { volume_ml: 1 })).status).toBe(401);
    await expectStill();
  });

  it('is refused from a foreign web page', async () => {
    const problem = await sendText('{"volume_ml":1}', { origin: 'https://evil.example' });
    expect(problem).toMatchObject({ status: 403, code: 'E405' });
    await expectStill();
  });
});
