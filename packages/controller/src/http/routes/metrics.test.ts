// Proves that Prometheus can read what is told, that names and units follow its conventions, and who may scrape.
import { describe, expect, it } from 'vitest';
import { startFixture } from '../http-fixture.ts';

interface Family {
  help?: string;
  type?: string;
  readonly samples: { readonly name: string; readonly labels: string; readonly value: number }[];
}

/** The text format of Prometheus, read strictly: what is none of its lines is an error. */
function parse(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  const family = (name: string) => {
    const known = families.get(name) ?? { samples: [] };
    families.set(name, known);
    return known;
  };
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, word, about = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    const [, name = '', labels = '', value] = /^([a-z_]+)(\{.*\})? (\S+)$/.exec(line) ?? [];
    if (word === 'HELP') family(about).help = rest;
    else if (word === 'TYPE') family(about).type = rest;
    else if (value === undefined) throw new Error(`not a line of metrics: ${line}`);
    else family(name.replace(/_(bucket|sum|count)$/, '')).samples.push({ name, labels, value: Number(value) });
  }
  return families;
}

async function start() {
  const fixture = await startFixture();
  const token = await fixture.makeToken('viewer');
  const scrape = async () => parse((await fixture.call('GET', '/metrics', { token })).body);
  const sampleOf = async (name: string, labels = '') =>
    (await scrape()).get(name)?.samples.find((sample) => sample.labels === labels)?.value;
  return { ...fixture, scrape, sampleOf, token };
}

describe('metrics', () => {
  it('are for whoever has the rights of a viewer, in the format of Prometheus', async () => {
    const { call, token, logInAs } = await start();
    expect((await call('GET', '/metrics')).statusCode).toBe(401);
    expect((await call('GET', '/metrics', { session: await logInAs('viewer') })).statusCode).toBe(200);
    const answer = await call('GET', '/metrics', { token });
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('have a prefix, a help, a type and base units, counters end in _total, and nothing is told twice', async () => {
    const { scrape, services } = await start();
    services.doseTotals.push(...TOTALS);
    const container = { ...services.containers.get('ph-down'), runs_out_at: '2026-03-04T00:00:00.000Z' };
    services.containers.list = () => [container];
    const families = await scrape();
    expect(families.size).toBeGreaterThan(13);
    for (const [name, { help, type, samples }] of families) {
      expect(name).toMatch(/^perista_[a-z_]+$/);
      expect(help, name).toMatch(/^[A-Z1]/);
      expect(['counter', 'gauge', 'histogram'], name).toContain(type);
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      expect(name).not.toMatch(/_(ml|milliliters|ms|milliseconds|minutes|percent)(_|$)/);
      expect(samples.length, name).toBeGreaterThan(0);
      const keys = samples.map((sample) => sample.name + sample.labels);
      expect(new Set(keys).size, name).toBe(keys.length);
      for (const { value } of samples) expect(value, name).not.toBeNaN();
    }
  });

  it('tell of doses and liters what the ledger sums up', async () => {
    const { sampleOf, services } = await start();
    services.doseTotals.push(...TOTALS);
    const liters = '{pump="ph-down",source="manual",direction="forward"}';
    expect(await sampleOf('perista_dosed_liters_total', liters)).toBeCloseTo(1.25, 12);
    expect(await sampleOf('perista_dosed_liters_total', liters.replace('forward', 'reverse'))).toBe(0.003);
    expect(await sampleOf('perista_doses_total', '{pump="ph-down",source="manual",state="done"}')).toBe(41);
    expect(await sampleOf('perista_doses_total', '{pump="ph-down",source="manual",state="partial"}')).toBe(1);
  });

  it('tell how each pump is, and nothing more of one that was removed', async () => {
    const { sampleOf, scrape, services } = await start();
    expect(await sampleOf('perista_pump_state', '{pump="ph-down",state="idle"}')).toBe(1);
    expect(await sampleOf('perista_pump_state', '{pump="ph-down",state="fault"}')).toBe(0);
    expect(await sampleOf('perista_cap_remaining_liters', '{pump="ph-down",window="day"}')).toBe(0.5);
    expect(await sampleOf('perista_pump_container_info', '{pump="ph-down",container="ph-down"}')).toBe(1);
    expect(await sampleOf('perista_open_doses', '{pump="ph-down"}')).toBe(0);
    const [pump] = services.pumps.list();
    if (pump === undefined) throw new Error('there is a pump');
    services.pumps.list = () => [{ ...pump, id: 'other', state: 'running', queued: 2 }];
    expect(await sampleOf('perista_pump_state', '{pump="other",state="running"}')).toBe(1);
    expect(await sampleOf('perista_open_doses', '{pump="other"}')).toBe(2);
    for (const { samples } of (await scrape()).values()) {
      for (const { name, labels } of samples)
        if (name !== 'perista_doses_total') expect(labels).not.toContain('pump="ph-down"');
    }
  });

  it('tell of each container once, whichever pumps draw from it, and when it is empty only if that can be said', async () => {
    const { sampleOf, services } = await start();
    const can = { ...services.containers.get('ph-down'), id: 'can', level_ml: 750, state: 'low' as const };
    services.containers.list = () => [can, { ...can, id: 'other', runs_out_at: '2026-03-04T00:00:00.000Z' }];
    expect(await sampleOf('perista_container_level_liters', '{container="can"}')).toBe(0.75);
    expect(await sampleOf('perista_container_state', '{container="can",state="low"}')).toBe(1);
    expect(await sampleOf('perista_container_state', '{container="can",state="ok"}')).toBe(0);
    expect(await sampleOf('perista_container_empty_timestamp_seconds', '{container="can"}')).toBeUndefined();
    expect(await sampleOf('perista_container_empty_timestamp_seconds', '{container="other"}')).toBe(1772582400);
  });

  it('count at 0 what never happened, for a rise from nothing would not be seen', async () => {
    const { sampleOf } = await start();
    expect(await sampleOf('perista_doses_total', '{pump="ph-down",source="schedule",state="missed"}')).toBe(0);
  });

  it('tell of the unit: agent, stop, stalls, viewers, release', async () => {
    const { call, logIn, metrics, sampleOf } = await start();
    expect(await sampleOf('perista_agent_present')).toBe(1);
    expect(await sampleOf('perista_clock_trusted')).toBe(1);
    expect(await sampleOf('perista_event_loop_lag_seconds')).toBe(0.02);
    expect(await sampleOf('perista_build_info', '{version="1.2.3"}')).toBe(1);
    expect(await sampleOf('perista_emergency_stop_latched')).toBe(0);
    await call('POST', '/api/emergency-stop', { session: await logIn() });
    metrics.watch({ viewers: 3 });
    expect(await sampleOf('perista_emergency_stop_latched')).toBe(1);
    expect(await sampleOf('perista_live_viewers')).toBe(3);
  });

  it('count nothing more once they are stopped', async () => {
    const { call, metrics, sampleOf } = await start();
    const guess = () => call('POST', '/api/session', { payload: { password: 'a guess' } });
    await guess();
    metrics.stop();
    await guess();
    expect(await sampleOf('perista_login_failures_total')).toBe(1);
  });

  it('count requests by route and not by address, and wrong passwords', async () => {
    const { call, logIn, sampleOf } = await start();
    const session = await logIn();
    for (const id of ['ph-down', 'nope', 'neither']) await call('GET', `/api/pumps/${id}`, { session });
    for (const url of ['/wp-admin', '/.env']) await call('GET', url);
    await call('POST', '/api/session', { payload: { password: 'a guess' } });
    const payload = { current_password: 'a guess', new_password: 'a new one' };
    await call('POST', '/api/session/password', { session, payload });
    const requests = (route: string, status: number) =>
      sampleOf('perista_http_requests_total', `{method="GET",route="${route}",status="${status}"}`);
    expect(await requests('/api/pumps/:id', 200)).toBe(1);
    expect(await requests('/api/pumps/:id', 404)).toBe(2);
    expect(await requests('none', 404)).toBe(2);
    expect(await sampleOf('perista_http_request_duration_seconds', '{method="GET",route="none"}')).toBeDefined();
    expect(await sampleOf('perista_login_failures_total')).toBe(2);
  });

  it('are not told when the ledger cannot be read', async () => {
    const { call, token, services } = await start();
    services.pumps.list = () => {
      throw services.failure;
    };
    services.failure = new Error('disk');
    expect((await call('GET', '/metrics', { token })).statusCode).toBe(500);
  });
});

const TOTALS = [
  { pumpId: 'ph-down', cause: 'manual', direction: 'forward', state: 'done', doses: 40, volumeMl: 1_200 },
  { pumpId: 'ph-down', cause: 'manual', direction: 'forward', state: 'partial', doses: 1, volumeMl: 50 },
  { pumpId: 'ph-down', cause: 'manual', direction: 'reverse', state: 'done', doses: 1, volumeMl: 3 },
] as const;
