import { PeristaError } from '@perista/core';
import { DeviceId } from '@perista/protocol/fleet';
import type { EventBus } from '../events/event-bus.ts';
import { HubDevice, type HubDevicePorts } from './hub-device.ts';

export interface HubPorts extends HubDevicePorts {
  readonly bus: EventBus;
  /** Name of the unit, in front of each pump's. */
  readonly doserId: string;
}

/** The unit's pumps as devices of a hub elsewhere, each over a connection of its own. Dosing knows nothing of it. */
export class Hub {
  readonly #ports: HubPorts;
  readonly #devices = new Map<string, HubDevice>();
  #boot = 0;

  constructor(ports: HubPorts) {
    this.#ports = ports;
  }

  /** Of so many devices, so many have their connection. */
  get standing(): { readonly devices: number; readonly connected: number } {
    const devices = [...this.#devices.values()];
    return { devices: devices.length, connected: devices.filter(({ isUp }) => isUp).length };
  }

  /** @throws PeristaError E306 where a pump can have no name at the hub, E301 */
  start(): void {
    const { bus, orders, services } = this.#ports;
    this.#boot = orders.nextBoot();
    for (const { id } of services.pumps.list()) this.#add(id);
    bus.subscribe(this, 'event', (event) => {
      const { kind, pump_id: pumpId } = event;
      if (pumpId === null) return;
      if (kind === 'pump_created') this.#add(pumpId);
      this.#devices.get(pumpId)?.onEvent(event);
      if (kind === 'pump_removed') this.#remove(pumpId);
    });
    bus.subscribe(this, 'dose-progress', (news) => this.#devices.get(news.pumpId)?.onProgress(news));
  }

  async stop(): Promise<void> {
    this.#ports.bus.unsubscribeAll(this);
    await Promise.all([...this.#devices.values()].map((device) => device.stop()));
  }

  #add(pumpId: string): void {
    const named = DeviceId.safeParse(`${this.#ports.doserId}-${pumpId}`);
    if (!named.success) {
      const rule = `${this.#ports.doserId}-${pumpId} can be no device of a hub: 1 to 64 of A–Z, a–z, 0–9, _ and -`;
      throw new PeristaError('E306', rule);
    }
    const device = new HubDevice(this.#ports, { pumpId, deviceId: named.data, boot: this.#boot });
    this.#devices.set(pumpId, device);
    device.start();
  }

  #remove(pumpId: string): void {
    void this.#devices.get(pumpId)?.stop();
    this.#devices.delete(pumpId);
  }
}
