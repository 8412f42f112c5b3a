import type { MqttClient } from 'mqtt';
import { ANSWERS, hostileOf, type Order, orderOf } from './orders.ts';

export interface Outcome {
  readonly orders: number;
  readonly unanswered: number;
  readonly wrong: readonly string[];
  readonly doubled: number;
  /** From publish to answer, ms; of stops none, for they have no id. */
  readonly latenciesMs: readonly number[];
  readonly stopsAnswered: number;
  readonly stops: number;
  readonly doseIds: ReadonlySet<string>;
  readonly hostile: number;
}

interface Result {
  readonly id: string | null;
  readonly result: string;
  readonly dose_id: string | null;
  readonly reason: string | null;
}

const PATIENCE_MS = 20_000;
const HOSTILE_EVERY_MS = 10;

export interface RunOptions {
  readonly run: string;
  readonly orders: number;
  readonly ordersPerMin: number;
  readonly hostilePerS: number;
  /** Takes orders and hears their answers. */
  readonly client: MqttClient;
  /** Who sends what is hostile, in turn: a broker may bound what one client sends. */
  readonly enemies: () => readonly MqttClient[];
  readonly onMinute: (minute: number) => void;
}

/** Publishes orders at an even pace and waits for the answer to each. */
export async function run(options: RunOptions): Promise<Outcome> {
  const { client, ordersPerMin, hostilePerS } = options;
  const orders = Array.from({ length: options.orders }, (_, index) => orderOf(options.run, index));
  const byId = new Map(orders.filter(({ id }) => id !== null).map((order) => [order.id, order]));
  const sentMs = new Map<string, number>();
  const answers = new Map<string, Result[]>();
  const latenciesMs: number[] = [];
  let stopsAnswered = 0;
  const hear = (topic: string, body: Buffer) => {
    if (!topic.endsWith('/result') || !topic.startsWith('doser/')) return;
    const result = JSON.parse(body.toString()) as Result;
    if (result.id === null) stopsAnswered += result.result === 'stopped' ? 1 : 0;
    if (result.id === null || !byId.has(result.id)) return;
    answers.set(result.id, [...(answers.get(result.id) ?? []), result]);
    latenciesMs.push(performance.now() - (sentMs.get(result.id) ?? Number.NaN));
  };
  client.on('message', hear);
  const war = wage(options.enemies, hostilePerS);
  const startedMs = performance.now();
  for (const [index, order] of orders.entries()) {
    await pause(startedMs + (index * 60_000) / ordersPerMin - performance.now());
    if (order.id !== null) sentMs.set(order.id, performance.now());
    client.publish(order.topic, order.body, { qos: 1 });
    if (index % ordersPerMin === ordersPerMin - 1) options.onMinute((index + 1) / ordersPerMin);
  }
  const isWhole = () => answers.size === byId.size && stopsAnswered >= orders.length - byId.size;
  const endMs = performance.now() + PATIENCE_MS;
  while (!isWhole() && performance.now() < endMs) await pause(50);
  const hostile = war.end();
  client.off('message', hear);
  const all = [...byId].map(([id, order]) => ({ order, results: answers.get(id ?? '') ?? [] }));
  return {
    orders: orders.length,
    unanswered: all.filter(({ results }) => results.length === 0).length,
    wrong: all.flatMap(({ order, results }) => wrongOf(order, results)),
    doubled: all.filter(({ results }) => results.length > 1).length,
    latenciesMs,
    stopsAnswered,
    stops: orders.length - byId.size,
    doseIds: new Set(all.flatMap(({ order, results }) => doseIdsOf(order, results))),
    hostile,
  };
}

const wrongOf = (order: Order, results: readonly Result[]) =>
  results
    .filter(({ result }) => !ANSWERS[order.kind].includes(result))
    .map(({ id, result, reason }) => `${id}: ${result} (${reason})`);

const doseIdsOf = ({ kind }: Order, results: readonly Result[]) =>
  kind === 'dose' ? results.flatMap(({ dose_id }) => dose_id ?? []) : [];

/** Sends hostile messages at an even pace until it is ended; a client that was thrown out comes back. */
function wage(enemies: () => readonly MqttClient[], perS: number): { end(): number } {
  if (perS === 0) return { end: () => 0 };
  const clients = enemies();
  for (const client of clients) client.on('error', () => {});
  let due = 0;
  let sent = 0;
  const startedMs = performance.now();
  const timer = setInterval(() => {
    const dueNow = Math.floor(((performance.now() - startedMs) / 1000) * perS);
    for (; due < dueNow; due++) {
      const { topic, body } = hostileOf(due);
      const client = clients[due % clients.length];
      if (client?.connected !== true) continue;
      client.publish(topic, body, { qos: 0 });
      sent++;
    }
  }, HOSTILE_EVERY_MS);
  return {
    end() {
      clearInterval(timer);
      for (const client of clients) client.end(true);
      return sent;
    },
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
