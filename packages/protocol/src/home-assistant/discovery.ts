import type { Pump } from '../api/index.ts';
import { AVAILABILITY, LAYOUTS, topicOf } from '../mqtt/topics.ts';
import { type Component, topicsOf } from './component.ts';
import { entityIdOf, namesIn, objectIdOf } from './object-id.ts';
import { pumpComponents } from './pump-components.ts';
import { unitComponents } from './unit-components.ts';

/** What Home Assistant publishes on its status topic when it is there. */
export const BIRTH_WORD = 'online';

/** Who announces. */
export interface Teller {
  readonly doserId: string;
  /** Of Perista. */
  readonly version: string;
}

/** One device as it is announced; retained, at QoS 1. */
export interface Discovery {
  readonly objectId: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Where a device is announced, by device-based discovery. `prefix` is `homeassistant` unless its owner says otherwise. */
export const deviceTopic = (prefix: string, objectId: string): string => `${prefix}/device/${objectId}/config`;

/** The pump that was announced on such a topic by this doser; undefined if it was none. */
export function announcedPump(topic: string, doserId: string): string | undefined {
  const [doser, pumpId] = namesIn(topic.split('/').at(-2) ?? '') ?? [];
  return doser === doserId ? pumpId : undefined;
}

/** The doser as a device. */
export function unitDiscovery({ doserId, version }: Teller): Discovery {
  const objectId = objectIdOf(doserId);
  const device = { ids: [objectId], name: doserId, mf: 'Perista', mdl: 'Dosing unit', sw: version };
  return discovery({ objectId, doserId, version, device, names: [doserId] }, unitComponents(topicsOf(doserId)));
}

/** A pump as a device of its own, behind the doser. */
export function pumpDiscovery(pump: Pump, { doserId, version }: Teller): Discovery {
  const objectId = objectIdOf(doserId, pump.id);
  const device = {
    ids: [objectId],
    name: pump.name,
    mf: 'Perista',
    mdl: pump.hardware.kind === 'relay' ? 'Pump behind a relay' : 'Stepper pump (MKS SERVO42C)',
    sw: version,
    via_device: objectIdOf(doserId),
  };
  return discovery(
    { objectId, doserId, version, device, names: [doserId, pump.id] },
    pumpComponents(pump, topicsOf(doserId, pump.id)),
  );
}

interface About extends Teller {
  readonly objectId: string;
  readonly device: Readonly<Record<string, unknown>>;
  readonly names: readonly string[];
}

function discovery(
  { objectId, doserId, version, device, names }: About,
  components: Readonly<Record<string, Component>>,
): Discovery {
  const cmps = Object.entries(components).map(([key, component]) => {
    const ids = { unique_id: `${objectId}_-${key}`, default_entity_id: entityIdOf(component.p, ...names, key) };
    return [key, { ...component, ...ids }] as const;
  });
  const payload = {
    dev: device,
    o: { name: 'Perista', sw: version },
    cmps: Object.fromEntries(cmps),
    availability: availability(doserId),
    availability_mode: 'all',
    qos: 1,
  };
  return { objectId, payload };
}

/** Orders come in on one connection and news go out on another: a unit is there if both are. */
const availability = (doserId: string) =>
  LAYOUTS.map((layout) => ({
    topic: topicOf('availability', layout, doserId),
    payload_available: AVAILABILITY[layout].on,
    payload_not_available: AVAILABILITY[layout].off,
  }));
