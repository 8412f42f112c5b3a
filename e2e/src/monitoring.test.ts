// Proves that what lies in deploy/ works with the programs that it is for: a real Prometheus scrapes a unit, its rule
// fires when a motor stalls, a real Alertmanager hears of it and of the end of it, from Prometheus and from the unit
// itself, and each panel of the dashboard has an answer.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { runProgram, startUnit, type TestUnit, tempFolder, until } from './harness/index.ts';

const PUMP = 'ph-down';
const STARTS_WITHIN_MS = 20_000;
/** A scrape and a look at the rules, each second, and what Alertmanager waits for more of the kind. */
const TOLD_WITHIN_MS = 20_000;

const deploy = join(import.meta.dirname, '..', '..', 'deploy');
const rules = join(deploy, 'prometheus', 'perista.rules.yml');

let unit: TestUnit;
let prometheus: string;
let alertmanager: string;
beforeAll(async () => {
  unit = await startUnit();
  alertmanager = await startAlertmanager(tempFolder());
  prometheus = await startPrometheus(tempFolder());
});

/** The example, pointed to the unit and the Alertmanager of this test, and quicker. */
async function startPrometheus(folder: string): Promise<string> {
  const { body } = await unit.api.request('POST', '/api/tokens', { name: 'prometheus', role: 'viewer' });
  writeFileSync(join(folder, 'token'), (body as { token: string }).token);
  const config = parse(readFileSync(join(deploy, 'prometheus', 'prometheus.yml'), 'utf8'));
  Object.assign(config.global, { scrape_interval: '1s', evaluation_interval: '1s' });
  config.rule_files = [rules];
  config.scrape_configs[0].authorization.credentials_file = join(folder, 'token');
  config.scrape_configs[0].static_configs[0].targets = [new URL(unit.url).host];
  config.alerting.alertmanagers[0].static_configs[0].targets = [new URL(alertmanager).host];
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, stringify(config));
  return addressOf('prometheus', [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--web.listen-address=127.0.0.1:0',
  ]);
}

async function startAlertmanager(folder: string): Promise<string> {
  const file = join(folder, 'alertmanager.yml');
  const route = { receiver: 'nobody', group_wait: '0s', group_interval: '1s' };
  writeFileSync(file, stringify({ route, receivers: [{ name: 'nobody' }] }));
  return addressOf('prometheus-alertmanager', [
    `--config.file=${file}`,
    `--storage.path=${join(folder, 'data')}`,
    '--web.listen-address=127.0.0.1:0',
    '--cluster.listen-address=',
  ]);
}

/** Starts a program that says on which port of the kernel's choice it listens. */
async function addressOf(program: string, args: readonly string[]): Promise<string> {
  const run = runProgram(program, args);
  const [, port] = await until(
    () => /Listening on"? address=\S*?:(\d+)/.exec(run.output()) ?? undefined,
    STARTS_WITHIN_MS,
    `${program} listens`,
  ).catch((error) => {
    throw new Error(`${error.message}; it said:\n${run.output()}`);
  });
  return `http://127.0.0.1:${port}`;
}

async function get(url: string, path: string): Promise<unknown> {
  const reply = await fetch(new URL(path, url), { signal: AbortSignal.timeout(5_000) });
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return reply.json();
}

async function query(expression: string): Promise<unknown[]> {
  const answer = await get(prometheus, `/api/v1/query?query=${encodeURIComponent(expression)}`);
  return (answer as { data: { result: unknown[] } }).data.result;
}

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly endsAt: string;
}

/** Who tells Alertmanager now that the pump has a fault: the rule of Prometheus has a job, the unit a subject. */
async function tellersOfFault(): Promise<string[]> {
  const alerts = (await get(alertmanager, '/api/v2/alerts?active=true')) as Alert[];
  return alerts
    .filter(({ labels }) => labels.pump === PUMP && labels.alertname === 'PeristaPumpFault')
    .map(({ labels }) => (labels.subject === undefined ? 'Prometheus' : 'the unit'))
    .sort();
}

function promtool(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  return { status, text: stdout + stderr };
}

it('has rules that hold what they promise, and metrics that promtool accepts', async () => {
  const tested = promtool(['test', 'rules', rules.replace('.yml', '.test.yml')]);
  expect(tested.status, tested.text).toBe(0);
  const scraped = await fetch(new URL('/metrics', unit.url), { headers: { cookie: unit.api.cookie } });
  const checked = promtool(['check', 'metrics'], await scraped.text());
  expect(checked.status, checked.text).toBe(0);
  expect(checked.text).toBe('');
});

it('tells Alertmanager of a motor that stalls, by a rule and by itself, and of its end once somebody has looked', async () => {
  const target = { kind: 'alertmanager', url: alertmanager };
  const channel = await unit.api.request('POST', '/api/notifications', { name: 'Alertmanager', target });
  expect(channel.status).toBe(201);
  await until(async () => (await query('up == 1')).length === 1, TOLD_WITHIN_MS, 'Prometheus scrapes the unit');
  await unit.emulator.cause({ pump: PUMP, fault: 'stall' });
  const { dose_id } = await unit.api.dose(PUMP, { volume_ml: 2 });
  await unit.api.settled(dose_id, 20_000);
  await until(
    async () => (await tellersOfFault()).join() === 'Prometheus,the unit',
    TOLD_WITHIN_MS,
    'Alertmanager knows of the fault from both',
  );
  await unit.emulator.clearFaults();
  await unit.api.request('POST', `/api/pumps/${PUMP}/release`, { reason: 'looked at' });
  await until(async () => (await tellersOfFault()).length === 0, TOLD_WITHIN_MS, 'Alertmanager knows that it is over');
});

it('has a dashboard each of whose panels is answered', async () => {
  const dashboard = JSON.parse(readFileSync(join(deploy, 'grafana', 'perista.json'), 'utf8')) as {
    panels: { title: string; targets: { expr: string }[] }[];
  };
  const silent: string[] = [];
  for (const { title, targets } of dashboard.panels) {
    for (const { expr } of targets) {
      const found = await query(expr.replaceAll(/\$(instance|pump)/g, '.*'));
      if (found.length === 0) silent.push(title);
    }
  }
  expect(silent).toEqual(['Containers will be empty']);
});
