import { Presence } from '@perista/protocol/api';
import { DEVICE_TOPICS, type UpTopicName } from '@perista/protocol/fleet';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Fleet } from '../fleet/fleet.ts';
import { DROP_REASONS } from '../fleet/fleet-meter.ts';

const LAG_BUCKETS_S = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export type MeasuredFleet = Pick<Fleet, 'meter' | 'streams' | 'line' | 'recorder' | 'registry'>;

/** What Prometheus scrapes of remote devices. Nothing is labelled by a device: anybody can invent ids. */
export class FleetMetrics {
  readonly #fleet: MeasuredFleet;
  readonly #messages;
  readonly #drops;
  readonly #devices;
  readonly #viewers;
  readonly #connected;
  readonly #lost;

  constructor(registry: Registry, fleet: MeasuredFleet) {
    this.#fleet = fleet;
    const registers = [registry];
    const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
      new Gauge({ name, help, labelNames, registers });
    const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
      new Counter({ name, help, labelNames, registers });
    const labels = ['topic', 'outcome'] as const;
    this.#messages = counter('perista_fleet_messages_total', 'Messages of devices, taken or dropped', labels);
    this.#drops = counter('perista_fleet_dropped_total', 'Messages that changed nothing, and why', ['reason']);
    this.#devices = gauge('perista_fleet_devices', 'Devices that ever told something, by presence', ['presence']);
    this.#viewers = gauge('perista_fleet_viewers', 'Connections that watch devices');
    this.#connected = gauge('perista_fleet_connected', 'Whether devices can be heard and commanded over MQTT');
    this.#lost = counter('perista_fleet_samples_lost_total', 'Samples that could not be written in time', []);
    const lag = new Histogram({
      name: 'perista_fleet_lag_seconds',
      help: 'Time from a message of a device to its viewers, of the oldest in each delivery',
      buckets: LAG_BUCKETS_S,
      registers,
    });
    fleet.meter.onLag = (lagS) => lag.observe(lagS);
  }

  /** As it is now; counters begin again at 0 with the process. */
  take(): void {
    const { meter, streams, line, recorder, registry } = this.#fleet;
    for (const each of [this.#messages, this.#drops, this.#devices, this.#lost]) each.reset();
    for (const topic of UP_TOPICS) {
      this.#messages.inc({ topic, outcome: 'taken' }, meter.taken.get(topic) ?? 0);
      this.#messages.inc({ topic, outcome: 'dropped' }, meter.droppedOn.get(topic) ?? 0);
    }
    for (const reason of DROP_REASONS) this.#drops.inc({ reason }, meter.dropped.get(reason) ?? 0);
    for (const presence of Presence.options) this.#devices.set({ presence }, 0);
    for (const { presence } of registry.list()) this.#devices.inc({ presence });
    this.#viewers.set(streams.viewers);
    this.#connected.set(Number(line.isUp));
    this.#lost.inc(recorder.lost);
  }
}

const UP_TOPICS = Object.keys(DEVICE_TOPICS).filter((name): name is UpTopicName => name !== 'commands');
