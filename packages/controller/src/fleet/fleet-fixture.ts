import { type Log, seededRandom, silentLog, VirtualClock } from '@perista/core';
import type { DeviceTopicName } from '@perista/protocol/fleet';
import { onTestFinished } from 'vitest';
import { EventBus } from '../events/event-bus.ts';
import { FakeMqttBroker } from '../mqtt/fake-mqtt-broker.ts';
import type { Arrival } from '../mqtt/mqtt-port.ts';
import type { NewLogEvent } from '../services.ts';
import { migrate } from '../store/migrate.ts';
import { MIGRATIONS } from '../store/migrations/index.ts';
import { NodeSqliteStore } from '../store/node-sqlite-store.ts';
import { fleetOf } from './fleet.ts';
import { SqliteHistoryStore } from './history/sqlite-history-store.ts';

/** The fleet of the product on a virtual clock, with a broker in memory. `admin` may see all, `eve` nothing yet. */
export async function startFleet({
  store = new NodeSqliteStore(':memory:'),
  broker = new FakeMqttBroker(),
  clock = new VirtualClock({ wallMs: Date.parse('2026-03-01T07:30:00Z') }),
  log = silentLog as Log,
  historyFile = new NodeSqliteStore(':memory:'),
  historyDays = 90,
} = {}) {
  migrate(store, MIGRATIONS, clock.wallMs());
  for (const [username, role] of [
    ['admin', 'admin'],
    ['eve', 'viewer'],
  ] as const) {
    store.run(
      'INSERT OR IGNORE INTO users (username, role, password_hash, created_at_ms) VALUES (?, ?, ?, ?)',
      ...([username, role, '', 0] as const),
    );
  }
  const bus = new EventBus(log);
  const events: NewLogEvent[] = [];
  const history = new SqliteHistoryStore(historyFile, clock.wallMs());
  const fleet = fleetOf({
    ...{ store, clock, random: seededRandom(1), log, bus, broker, history, doserId: 'doser', historyDays },
    events: { append: (event) => events.push(event) },
  });
  fleet.streams.start();
  fleet.start();
  await clock.advance(10);
  let isStopped = false;
  const stop = async () => {
    if (isStopped) return;
    isStopped = true;
    fleet.streams.stop();
    await clock.until(fleet.stop());
  };
  onTestFinished(stop);

  /** A device tells something. */
  const tell = (deviceId: string, name: DeviceTopicName, body: unknown, more: Partial<Arrival> = {}) =>
    broker.deliver(`devices/${deviceId}/${name}`, body, more);
  const view = (deviceId: string) => fleet.views.get('admin', deviceId);
  const dropped = () => Object.fromEntries(fleet.meter.dropped);

  return { ...fleet, broker, history, historyFile, bus, clock, dropped, events, stop, store, tell, view };
}
