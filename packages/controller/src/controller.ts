import { PeristaError } from '@perista/core';
import { startAccounts } from './auth/accounts.ts';
import type { Hasher } from './auth/hasher.ts';
import { type Fleet, fleetOf } from './fleet/fleet.ts';
import { type HistoryFile, type OpenHistory, openHistory } from './fleet/history/open-history.ts';
import type { App } from './http/app.ts';
import { buildHttpServer } from './http/http-server.ts';
import type { Hub } from './hub/hub.ts';
import { LiveGateway } from './live/live-gateway.ts';
import type { EventLoopLag } from './metrics/event-loop-lag.ts';
import { UnitMetrics } from './metrics/unit-metrics.ts';
import type { DoserBridge } from './mqtt/doser-bridge.ts';
import type { HomeAssistantSettings } from './mqtt/home-assistant.ts';
import { MqttDesk } from './mqtt/mqtt-desk.ts';
import type { MqttBroker } from './mqtt/mqtt-port.ts';
import { MqttUserService } from './mqtt-users/mqtt-user-service.ts';
import type { Outside } from './notifications/senders.ts';
import { originGuard } from './origin/origin-guard.ts';
import { hubOf, outletsOf } from './outlets.ts';
import { SettingsService } from './settings/settings-service.ts';
import type { SettingsShelf } from './settings/settings-shelf.ts';
import { startUnit, type Unit, type UnitPorts } from './unit.ts';

export interface ApiPorts {
  readonly hasher: Hasher;
  readonly eventLoopLag: EventLoopLag;
  /** Where the built GUI lies, asked at each request; undefined while there is none. */
  readonly webFolder?: () => string | undefined;
  /** Whether the API tells how it is used: its description, and which methods an address takes; default true. */
  readonly isDescribed?: boolean;
  readonly adminPassword?: string;
  /** How notices leave. */
  readonly outside: Outside;
  /** Where the unit is told of and takes orders over MQTT, if anywhere. */
  readonly broker?: MqttBroker;
  /** Of the hub that shall see the pumps as its devices, if there is one. */
  readonly hubBroker?: MqttBroker;
  /** Where the numbers of remote devices are kept, if anywhere. */
  readonly fleetHistory?: HistoryFile;
  /** How Home Assistant finds it there; it is not told without. */
  readonly homeAssistant?: HomeAssistantSettings;
  readonly settings: SettingsShelf;
  /** The broker that settings speak of, if they do. */
  readonly brokerOf: (settings: SettingsShelf['layers']['saved']) => MqttBroker | null;
}

export interface AssemblyPorts extends UnitPorts, ApiPorts {
  /** Address under which it is reached: decides which host names are answered. */
  readonly host: string;
}

export interface ControllerPorts extends UnitPorts, ApiPorts {
  readonly http: { readonly host: string; readonly port: number };
}

/** The controller without a port of the machine: whoever holds it calls `app.inject`, or lets it listen. */
export interface AssembledController {
  readonly app: App;
  readonly unit: Unit;
  /** What browsers are told live; it has to be started. */
  readonly live: LiveGateway;
  /** Remote devices; their broker has to be listened to. */
  readonly fleet: Fleet;
  /** The way over MQTT, where there is one; it has to be started. */
  readonly bridge: DoserBridge | null;
  /** The pumps as devices of a hub elsewhere, where there is one; it has to be started. */
  readonly hub: Hub | null;
  /** Waits a moment for doses that are ending, then closes everything. */
  stop(): Promise<void>;
}

export interface Controller {
  /** Where the HTTP API is served. */
  readonly url: string;
  /** Waits a moment for doses that are ending, then closes everything. Calling it again does nothing. */
  stop(): Promise<void>;
}

/**
 * Ledger, dosing, their HTTP API and what is told live, ready to be asked.
 * @throws PeristaError E301 if the database cannot be used, E306 for a wrong setting
 */
export async function assembleController(ports: AssemblyPorts): Promise<AssembledController> {
  const { clock, random, log, store, hasher, version, host, eventLoopLag } = ports;
  const password = ports.adminPassword === undefined ? {} : { adminPassword: ports.adminPassword };
  const webFolder = ports.webFolder === undefined ? {} : { webFolder: ports.webFolder };
  const { isDescribed = true } = ports;
  const parts: { bridge: DoserBridge | null; history: OpenHistory | null } = { bridge: null, history: null };
  const troubleOfBroker = () => {
    const known = ports.broker?.trouble?.() ?? null;
    return known === null ? (parts.bridge?.trouble ?? null) : `E309: ${known}`;
  };
  const troublesOutside = () => [troubleOfBroker(), parts.history?.trouble() ?? null];
  const unit = startUnit({ ...ports, troublesOutside });
  try {
    const { services, bus, agent, doseTotals, isClockTrusted } = unit;
    const { events } = services;
    const isAgentPresent = () => agent.presence.kind === 'present';
    const accounts = await startAccounts({ store, hasher, clock, random, log, bus, events, ...password });
    const state = { doseTotals, isAgentPresent, isClockTrusted, eventLoopLag };
    const metrics = new UnitMetrics({ services, bus, version, ...state });
    const { told, feed, bridge } = outletsOf(unit, ports);
    parts.bridge = bridge;
    if (bridge !== null) metrics.watchBroker(bridge);
    const settings = new SettingsService({ shelf: ports.settings, store, services });
    const mqtt = new MqttDesk({
      ...{ clock, random, doserId: ports.site.doserId },
      standing: () => bridge && { address: ports.broker?.address ?? '', of: bridge.standing },
      nextBroker: () => ports.brokerOf(settings.next()),
    });
    const { doserId } = ports.site;
    const near = ports.broker === undefined ? {} : { broker: ports.broker };
    const opened = openHistory(ports.fleetHistory, log, clock.wallMs());
    parts.history = opened;
    const { history, days: historyDays } = opened;
    const fleet = fleetOf({
      ...{ store, clock, random, log, bus, events, doserId, history, historyDays },
      ...near,
    });
    if (ports.broker !== undefined) metrics.watchFleet(fleet);
    const hub = ports.hubBroker === undefined ? null : hubOf(unit, { ...ports, broker: ports.hubBroker });
    if (hub !== null) metrics.watchHub(hub);
    const { streams } = fleet;
    const isEmbedded = ports.broker?.isOwn === true;
    const mqttUsers = new MqttUserService({ store, hasher, clock, random, events, isEmbedded });
    const origin = { boundHost: host };
    const app = await buildHttpServer({
      services,
      accounts,
      metrics,
      notifications: told.service,
      settings,
      mqtt,
      fleet,
      mqttUsers,
      clock,
      random,
      log,
      version,
      origin,
      isDescribed,
      ...webFolder,
    });
    const guard = originGuard(origin);
    const inside = { clock, log, bus, feed, streams, guard, logins: accounts.logins };
    const live = new LiveGateway({ ...inside, server: app.server });
    metrics.start();
    told.start();
    metrics.watch(live);
    const stop = async () => {
      await hub?.stop();
      await bridge?.stop();
      await fleet.stop();
      opened.close();
      await live.stop();
      await app.close();
      told.stop();
      metrics.stop();
      await unit.stop();
    };
    return { app, unit, live, fleet, bridge, hub, stop };
  } catch (error) {
    await unit.stop();
    parts.history?.close();
    throw error;
  }
}

/**
 * The controller on a port.
 * @throws PeristaError E305 if the port is taken, and what {@link assembleController} throws
 */
export async function startController(ports: ControllerPorts): Promise<Controller> {
  const { host, port } = ports.http;
  const controller = await assembleController({ ...ports, host });
  controller.live.start();
  const url = await controller.app.listen({ host, port }).catch(async (cause: unknown) => {
    await controller.stop();
    throw new PeristaError('E305', `Cannot listen on ${host} port ${port}: ${String(cause)}`, { cause });
  });
  let stopped: Promise<void> | undefined;
  controller.bridge?.start();
  controller.fleet.start();
  controller.hub?.start();
  return {
    url,
    stop: () => {
      stopped ??= controller.stop();
      return stopped;
    },
  };
}
