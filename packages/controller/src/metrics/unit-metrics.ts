import { DOSE_ENDS } from '@perista/core';
import { type Container, DoseCause, type Pump } from '@perista/protocol/api';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { EventBus } from '../events/event-bus.ts';
import type { Hub } from '../hub/hub.ts';
import type { DoseTotal } from '../ledger/dose-totals.ts';
import type { ControllerServices } from '../services.ts';
import { CONTAINER_GAUGES } from './container-gauges.ts';
import type { EventLoopLag } from './event-loop-lag.ts';
import { FleetMetrics, type MeasuredFleet } from './fleet-metrics.ts';
import { gaugeTable } from './gauge-table.ts';
import type { HttpMeter } from './http-meter.ts';
import { watchHub } from './hub-metrics.ts';
import { litersOf } from './liters.ts';
import { PUMP_GAUGES } from './pump-gauges.ts';

export interface UnitMetricsPorts {
  readonly services: Pick<ControllerServices, 'pumps' | 'containers' | 'stops'>;
  readonly bus: EventBus;
  /** All doses that are over, summed up in the ledger. */
  readonly doseTotals: () => readonly DoseTotal[];
  readonly isAgentPresent: () => boolean;
  /** Whether dosing by the calendar goes by the clock. */
  readonly isClockTrusted: () => boolean;
  readonly eventLoopLag: EventLoopLag;
  readonly version: string;
}

/** Who watches live. */
interface Audience {
  readonly viewers: number;
}

const REQUEST_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/**
 * What Prometheus scrapes, in base units. What the ledger knows is read from it at each scrape, so that a counter of
 * doses or litres goes on after a restart; what only this process knows begins again at 0.
 */
export class UnitMetrics {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  readonly #ports: UnitMetricsPorts;
  readonly #registry = new Registry();
  readonly #requests;
  readonly #durations;
  readonly #liters;
  readonly #doses;
  readonly #viewers;
  readonly #agent;
  readonly #clock;
  readonly #latched;
  readonly #lag;
  readonly #loginFailures;
  readonly #setPumps: (pumps: readonly Pump[]) => void;
  readonly #setContainers: (containers: readonly Container[]) => void;
  #audience: Audience = { viewers: 0 };
  #askBroker = () => {};
  #fleet: FleetMetrics | null = null;

  constructor(ports: UnitMetricsPorts) {
    this.#ports = ports;
    const registers = [this.#registry];
    const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
    const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
      new Counter({ name, help, labelNames, registers });

    this.#liters = counter(
      'perista_dosed_liters_total',
      'Volume of all doses that are over, at the least where only a range is known; reverse is counted apart',
      ['pump', 'source', 'direction'],
    );
    this.#doses = counter('perista_doses_total', 'Doses that are over, by how they ended', ['pump', 'source', 'state']);
    this.#setPumps = gaugeTable(this.#registry, 'pump', PUMP_GAUGES);
    this.#setContainers = gaugeTable(this.#registry, 'container', CONTAINER_GAUGES);
    this.#agent = gauge('perista_agent_present', 'Whether the agent, which drives the pumps, can be reached');
    this.#clock = gauge(
      'perista_clock_trusted',
      'Whether the unit doses by the calendar: 0 until its clock can be believed',
    );
    this.#latched = gauge('perista_emergency_stop_latched', 'Whether the emergency stop is latched');
    this.#lag = gauge('perista_event_loop_lag_seconds', 'Longest stall of the controller since the scrape before');
    this.#viewers = gauge('perista_live_viewers', 'Connections that watch live');
    this.#requests = counter('perista_http_requests_total', 'Requests that were answered', [
      'method',
      'route',
      'status',
    ]);
    this.#durations = new Histogram({
      name: 'perista_http_request_duration_seconds',
      help: 'Time from a request to its answer',
      labelNames: ['method', 'route'],
      buckets: REQUEST_BUCKETS_S,
      registers,
    });
    const info = { name: 'perista_build_info', help: 'Always 1; which release runs', registers };
    new Gauge({ ...info, labelNames: ['version'] }).set({ version: ports.version }, 1);
    this.#loginFailures = counter('perista_login_failures_total', 'Wrong passwords, at log-in and at changing one', []);
  }

  /** Counts what only the bus tells. */
  start(): void {
    this.#ports.bus.subscribe(this, 'event', ({ kind }) => {
      if (kind === 'login_failed' || kind === 'password_change_failed') this.#loginFailures.inc();
    });
  }

  stop(): void {
    this.#ports.bus.unsubscribeAll(this);
  }

  /** Whom to ask how many watch live; the gateway comes after the server that it stands on. */
  watch(audience: Audience): void {
    this.#audience = audience;
  }

  /** From now on there is a broker, which may be away. */
  watchBroker(bridge: { readonly isConnected: boolean }): void {
    const help = 'Whether the MQTT broker can be used: orders come in, and events go out';
    const gauge = new Gauge({ name: 'perista_mqtt_connected', help, registers: [this.#registry] });
    this.#askBroker = () => gauge.set(Number(bridge.isConnected));
  }

  /** From now on there are remote devices. */
  watchFleet(fleet: MeasuredFleet): void {
    this.#fleet = new FleetMetrics(this.#registry, fleet);
  }

  watchHub(hub: Pick<Hub, 'standing'>): void {
    watchHub(this.#registry, hub);
  }

  readonly onRequest: HttpMeter = ({ method, route, status, tookS }) => {
    const labels = { method, route: route ?? 'none' };
    this.#requests.inc({ ...labels, status });
    this.#durations.observe(labels, tookS);
  };

  /** All metrics as text. @throws PeristaError E301 if the ledger cannot be read */
  scrape(): Promise<string> {
    const { services, isAgentPresent, isClockTrusted, eventLoopLag } = this.#ports;
    const pumps = services.pumps.list();
    this.#countDoses(pumps);
    this.#setPumps(pumps);
    this.#setContainers(services.containers.list());
    this.#agent.set(Number(isAgentPresent()));
    this.#clock.set(Number(isClockTrusted()));
    this.#latched.set(Number(services.stops.state().latched));
    this.#lag.set(eventLoopLag.takeLongestS());
    this.#viewers.set(this.#audience.viewers);
    this.#askBroker();
    this.#fleet?.take();
    return this.#registry.metrics();
  }

  /** What never happened yet counts 0: a counter that begins at 1 would rise unseen. */
  #countDoses(pumps: readonly Pump[]): void {
    this.#liters.reset();
    this.#doses.reset();
    for (const { id } of pumps) {
      for (const source of DoseCause.options) {
        this.#liters.inc({ pump: id, source, direction: 'forward' }, 0);
        for (const state of DOSE_ENDS) this.#doses.inc({ pump: id, source, state }, 0);
      }
    }
    for (const { pumpId, cause, direction, state, doses, volumeMl } of this.#ports.doseTotals()) {
      this.#liters.inc({ pump: pumpId, source: cause, direction }, litersOf(volumeMl));
      this.#doses.inc({ pump: pumpId, source: cause, state }, doses);
    }
  }
}
