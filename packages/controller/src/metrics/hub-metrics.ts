import { Gauge, type Registry } from 'prom-client';
import type { Hub } from '../hub/hub.ts';

/** Pumps that are devices of a hub, and those of them that it can be told of now. */
export function watchHub(registry: Registry, hub: Pick<Hub, 'standing'>): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      ...{ name, help, registers: [registry] },
      collect() {
        this.set(read());
      },
    });
  gauge('perista_hub_devices', 'Pumps that are devices of a hub', () => hub.standing.devices);
  gauge('perista_hub_connected', 'Those of them with a connection to it', () => hub.standing.connected);
}
