import type { Clock, Log, Random } from '@perista/core';
import { Hub } from './hub/hub.ts';
import { HubOrderStore } from './hub/hub-order-store.ts';
import { LiveFeed } from './live/live-feed.ts';
import { DoserBridge } from './mqtt/doser-bridge.ts';
import type { HomeAssistantSettings } from './mqtt/home-assistant.ts';
import type { MqttBroker } from './mqtt/mqtt-port.ts';
import { type Notifications, notifications } from './notifications/notifications.ts';
import type { Outside } from './notifications/senders.ts';
import type { Store } from './store/store.ts';
import type { Unit } from './unit.ts';

export interface OutletPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** How notices leave. */
  readonly outside: Outside;
  /** Where the unit is told of and takes orders over MQTT, if anywhere. */
  readonly broker?: MqttBroker;
  /** How Home Assistant finds it there; it is not told without. */
  readonly homeAssistant?: HomeAssistantSettings;
  readonly site: { readonly doserId: string };
}

/** What tells others of a unit; each has to be started. */
export interface Outlets {
  readonly told: Notifications;
  readonly feed: LiveFeed;
  readonly bridge: DoserBridge | null;
}

interface HubPortsOutside extends Pick<OutletPorts, 'store' | 'clock' | 'log' | 'site'> {
  readonly broker: MqttBroker;
  readonly version: string;
}

/** The unit's pumps as devices of the hub at `broker`. */
export function hubOf(
  { services, bus, isClockTrusted }: Pick<Unit, 'services' | 'bus' | 'isClockTrusted'>,
  ports: HubPortsOutside,
): Hub {
  const { store, site, ...outside } = ports;
  const orders = new HubOrderStore(store);
  return new Hub({ ...outside, bus, services, orders, isClockTrusted, doserId: site.doserId });
}

/** Notices, what viewers are told, and MQTT where there is a broker. */
export function outletsOf(
  unit: Pick<Unit, 'services' | 'bus' | 'agent' | 'eventLog' | 'isClockTrusted'>,
  ports: OutletPorts,
): Outlets {
  const { store, clock, random, log, outside, broker, homeAssistant = null, site } = ports;
  const { services, bus, agent, eventLog, isClockTrusted } = unit;
  const isAgentPresent = () => agent.presence.kind === 'present';
  const told = notifications({
    ...{ store, clock, random, log, bus, events: eventLog, outside },
    doser: site.doserId,
    sight: { containerState: (id) => services.containers.list().find((each) => each.id === id)?.state ?? null },
  });
  const feed = new LiveFeed({ clock, log, bus, services, isAgentPresent });
  if (broker === undefined) return { told, feed, bridge: null };
  const inside = {
    ...{ store, clock, random, log, bus, feed, services, events: eventLog },
    isAgentPresent,
    isClockTrusted,
  };
  return { told, feed, bridge: new DoserBridge({ ...inside, broker, homeAssistant, doserId: site.doserId }) };
}
