import { type Clock, isPeristaError, PeristaError } from '@perista/core';
import type { Device } from '@perista/protocol/api';
import type { DeviceAnswer, DeviceSnapshot, FleetAnswer } from '@perista/protocol/live';
import { timestamp, timestampOrNull } from '../ledger/timestamp.ts';
import type { DeviceRegistry } from './device-registry.ts';
import type { DeviceRightsService } from './device-rights.ts';
import type { SnapshotReader } from './device-viewer.ts';
import type { DeviceLine, DeviceRecords } from './fleet-ports.ts';
import type { KnownDevice } from './known-device.ts';

export interface DeviceViewsPorts {
  readonly clock: Clock;
  readonly registry: DeviceRegistry;
  readonly records: DeviceRecords;
  readonly rights: DeviceRightsService;
  readonly line: Pick<DeviceLine, 'isUp' | 'why'>;
}

/** Devices as they are shown: what they told, how far that can be believed, and what was ordered of them. */
export class DeviceViews implements SnapshotReader {
  readonly #ports: DeviceViewsPorts;

  constructor(ports: DeviceViewsPorts) {
    this.#ports = ports;
  }

  /** All that the user may see, by id. */
  list(username: string): Device[] {
    return this.#visible(username).map((device) => this.#view(device.deviceId, device));
  }

  /** @throws E403 for one that the user was not given, E501 for one that never told anything */
  get(username: string, deviceId: string): Device {
    const { rights, registry } = this.#ports;
    rights.assertMayWatch(username, deviceId);
    const device = registry.get(deviceId);
    if (device === undefined) throw new PeristaError('E501', `Nothing was ever heard of the device ${deviceId}`);
    return this.#view(deviceId, device);
  }

  /** A device may be watched before it tells anything. */
  readonly device = (username: string, deviceId: string): DeviceAnswer =>
    answered(() => {
      const { rights, registry } = this.#ports;
      rights.assertMayWatch(username, deviceId);
      return { ...this.#moment(), device: this.#view(deviceId, registry.get(deviceId)) };
    });

  readonly fleet = (username: string): FleetAnswer =>
    answered(() => ({ ...this.#moment(), devices: this.list(username) }));

  ids(): string[] {
    return [...this.#ports.registry.list()].map(({ deviceId }) => deviceId);
  }

  /** As it is now, whoever asks. */
  look(deviceId: string): Device {
    return this.#view(deviceId, this.#ports.registry.get(deviceId));
  }

  broker(): DeviceSnapshot['broker'] {
    const { isUp, why } = this.#ports.line;
    return { connected: isUp, reason: isUp ? null : why };
  }

  presence(deviceId: string): Pick<Device, 'presence' | 'presenceReason' | 'startBlockedBy'> {
    const { presence, presenceReason, startBlockedBy } = this.look(deviceId);
    return { presence, presenceReason, startBlockedBy };
  }

  #moment() {
    return { at: timestamp(this.#ports.clock.wallMs()), broker: this.broker() };
  }

  #visible(username: string): KnownDevice[] {
    const { rights, registry } = this.#ports;
    const ids = rights.visibleTo(username);
    return [...registry.list()]
      .filter(({ deviceId }) => ids === null || ids.has(deviceId))
      .sort((one, other) => (one.deviceId < other.deviceId ? -1 : 1));
  }

  #view(deviceId: string, device: KnownDevice | undefined): Device {
    const { records } = this.#ports;
    return {
      id: deviceId,
      presence: device?.presence ?? 'unknown',
      presenceReason: device === undefined ? 'it never told anything yet' : device.presenceReason,
      dialect: device?.dialect ?? null,
      firstSeenAt: timestampOrNull(device?.firstSeenAtMs ?? null),
      lastSeenAt: timestampOrNull(device?.lastSeenAtMs ?? null),
      periodS: device === undefined || device.periodMs === null ? null : device.periodMs / 1000,
      firmwareVersion: device?.firmwareVersion ?? null,
      status: device?.status ?? null,
      progress: device?.progress ?? null,
      infusion: records.infusion(deviceId),
      commands: records.commands(deviceId),
      alarms: records.alarms(deviceId),
      startBlockedBy: records.startBlockedBy(deviceId),
    };
  }
}

type Refused = Extract<DeviceAnswer, { ok: false }>;

function answered<Snapshot>(read: () => Snapshot): { readonly ok: true; readonly snapshot: Snapshot } | Refused {
  try {
    return { ok: true, snapshot: read() };
  } catch (error) {
    if (!isPeristaError(error)) throw error;
    return { ok: false, code: error.code, message: error.message };
  }
}
