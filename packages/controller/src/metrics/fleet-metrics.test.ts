// Proves that a scrape tells what devices told, what was dropped and why, and how soon viewers saw it.
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { startFleet } from '../fleet/fleet-fixture.ts';
import { FleetMetrics } from './fleet-metrics.ts';

it('tells messages by topic, drops by reason, devices by presence and the line to the broker', async () => {
  const fleet = await startFleet();
  const registry = new Registry();
  const metrics = new FleetMetrics(registry, fleet);
  const scrape = async () => {
    metrics.take();
    return (await registry.metrics()).split('\n');
  };
  expect(await scrape()).toContain('perista_fleet_dropped_total{reason="malformed"} 0');
  fleet.tell('a', 'progress', { progressPercent: 1 });
  fleet.tell('a', 'progress', { deliveredVolumeMl: -1 });
  fleet.tell('b', 'status', { status: 'offline' });
  fleet.meter.onLag(0.02);
  for (let time = 0; time < 2; time++) {
    const lines = await scrape();
    for (const line of [
      'perista_fleet_messages_total{topic="progress",outcome="taken"} 1',
      'perista_fleet_messages_total{topic="progress",outcome="dropped"} 1',
      'perista_fleet_messages_total{topic="status",outcome="taken"} 1',
      'perista_fleet_dropped_total{reason="malformed"} 1',
      'perista_fleet_devices{presence="online"} 1',
      'perista_fleet_devices{presence="offline"} 1',
      'perista_fleet_viewers 0',
      'perista_fleet_connected 1',
      'perista_fleet_lag_seconds_count 1',
    ])
      expect(lines).toContain(line);
  }
});
