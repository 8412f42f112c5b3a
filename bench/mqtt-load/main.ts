import { parseArgs } from 'node:util';
import { connect, type MqttClient } from 'mqtt';
import { BenchUnit } from '../bench-unit.ts';
import { percentile } from '../percentile.ts';
import { type Outcome, run } from './run.ts';

// 1,000 orders a minute over MQTT, first alone and then beside hostile messages: what is lost, what is doubled, how long answers
// take, and how much memory it costs. Both parts run in one start of the product; the second is told as a ratio to the first.
const ORDERS_PER_MIN = 1_000;
const PUMP = 'ph-down';
const ENEMIES = 5;
/** Doses of one minute stay below the caps of an emulated pump. */
const SETTLED = new Set(['done', 'partial', 'cancelled', 'missed', 'refused']);

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    minutes: { type: 'string', default: '3' },
    hostile: { type: 'string', default: '2000' },
  },
});
const minutes = Number(values.minutes);

const port = await freePort();
const url = values.url ?? `mqtt://127.0.0.1:${port}`;
const unit = await BenchUnit.start(
  values.url === undefined ? { PERISTA_MQTT_PORT: String(port) } : { PERISTA_MQTT_URL: values.url },
);
const client = await online(connect(url, { protocolVersion: 5, clientId: 'bench-orders' }));
await client.subscribeAsync('doser/stat/+/result', { qos: 1 });
await until(async () => {
  const pumps = await unit.get<{ items: { blocked_by: unknown[] }[] } | { blocked_by: unknown[] }[]>('/api/pumps');
  const items = Array.isArray(pumps) ? pumps : pumps.items;
  return items.every(({ blocked_by }) => blocked_by.length === 0);
});

const memory: string[] = [];
const measure = (name: string, length: number, hostilePerS: number): Promise<Outcome> =>
  run({
    run: name,
    orders: ORDERS_PER_MIN * length,
    ordersPerMin: ORDERS_PER_MIN,
    hostilePerS,
    client,
    enemies: () =>
      Array.from({ length: ENEMIES }, (_, index) =>
        connect(url, { protocolVersion: 4, clientId: `bench-enemy-${index}`, reconnectPeriod: 200 }),
      ),
    onMinute: (minute) => {
      const parts = (['controller', 'broker'] as const).map((part) => `${part} ${unit.memoryMb(part).toFixed(0)} MB`);
      memory.push(`${name}, minute ${minute}: ${parts.join(', ')}`);
    },
  });

const beforeMl = await unit.trueMl(PUMP);
const alone = await measure('alone', 1, 0);
const besides = await measure('beside', minutes, Number(values.hostile));
const doses = await settled([...alone.doseIds, ...besides.doseIds]);
const givenMl = doses.reduce((sum, { delivered_ml }) => sum + (delivered_ml ?? 0), 0);
const trueMl = (await unit.trueMl(PUMP)) - beforeMl;

for (const [name, outcome] of [
  ['alone', alone],
  ['beside', besides],
] as const) {
  const { orders, unanswered, doubled, wrong, stops, stopsAnswered, hostile, latenciesMs, doseIds } = outcome;
  process.stdout.write(`${name}: ${orders} orders, ${hostile} hostile messages
  lost ${unanswered}, doubled ${doubled}, answered otherwise than they should ${wrong.length}
  stops ${stops}, told stopped ${stopsAnswered}; doses ${doseIds.size}
  answer after p50 ${at(latenciesMs, 0.5)}, p99 ${at(latenciesMs, 0.99)}, max ${at(latenciesMs, 1)} ms
`);
  for (const each of wrong.slice(0, 5)) process.stdout.write(`  ${each}\n`);
}
const ratio = (share: number) =>
  (percentile(besides.latenciesMs, share) / percentile(alone.latenciesMs, share)).toFixed(2);
process.stdout.write(`beside to alone: p50 ${ratio(0.5)}, p99 ${ratio(0.99)}
ledger ${givenMl.toFixed(3)} ml, truth ${trueMl.toFixed(3)} ml, ratio ${(trueMl / givenMl).toFixed(4)}
${memory.join('\n')}
`);
await client.endAsync();
await unit.stop();

interface DoseEnd {
  readonly state: string;
  readonly delivered_ml: number | null;
}

async function settled(ids: readonly string[]): Promise<DoseEnd[]> {
  const ends: DoseEnd[] = [];
  for (const id of ids) {
    await until(async () => {
      const dose = await unit.get<DoseEnd>(`/api/doses/${id}`);
      if (SETTLED.has(dose.state)) ends.push(dose);
      return SETTLED.has(dose.state);
    });
  }
  return ends;
}

function at(values: readonly number[], share: number): string {
  return percentile(values, share).toFixed(1);
}

function online(mqtt: MqttClient): Promise<MqttClient> {
  return new Promise((resolve) => mqtt.once('connect', () => resolve(mqtt)));
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 60_000;
  while (!(await isTrue())) {
    if (performance.now() > endMs) throw new Error('it did not come true within 60 s');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
