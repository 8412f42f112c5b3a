import { SOUND_BROKER, VirtualBroker } from '@perista/controller/mqtt';
import { seededRandom, VirtualClock } from '@perista/core';
import type { CommandMessage, CommandName, UpTopicName } from '@perista/protocol/fleet';
import { AutomaticDevice } from './automatic-device.ts';
import { volatileMemory } from './device-memory.ts';
import { type DeviceHappening, type DeviceOptions, InfusionDevice } from './infusion-device.ts';

const NOON_MS = Date.UTC(2026, 10, 2, 12);
export const DEVICE_ID = 'PUMP_0001';

export const PARAMETERS = {
  ...{ flowRateMlMin: 6, plannedTimeMin: 2, plannedVolumeMl: 12 },
  bolus: { enabled: false, volumeMl: 0 },
};

interface Told {
  readonly name: UpTopicName;
  readonly retain: boolean;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A device on a broker in memory and in virtual time, with all that it told. For tests. */
export class DeviceBench {
  readonly clock = new VirtualClock({ wallMs: NOON_MS });
  readonly told: Told[] = [];
  readonly happenings: DeviceHappening[] = [];
  readonly broker: VirtualBroker;
  readonly device: InfusionDevice;
  readonly #whole: InfusionDevice | AutomaticDevice;
  #commands = 0;

  constructor(options: Partial<DeviceOptions> & { readonly seed?: number; readonly isAttended?: boolean } = {}) {
    const { seed = 1, isAttended = false, ...rest } = options;
    this.broker = new VirtualBroker(this.clock, ({ topic, body, retain }) => {
      this.told.push({ name: topic.split('/')[2] as UpTopicName, retain, body: JSON.parse(body) });
    });
    this.broker.change(SOUND_BROKER);
    const ports = { clock: this.clock, random: seededRandom(seed), broker: this.broker };
    const given: DeviceOptions = {
      id: DEVICE_ID,
      memory: volatileMemory(),
      ...rest,
      onHappening: (happening) => void this.happenings.push(happening),
    };
    if (isAttended) {
      const automatic = new AutomaticDevice(ports, given);
      this.device = automatic.device;
      this.#whole = automatic;
    } else {
      this.device = new InfusionDevice(ports, given);
      this.#whole = this.device;
    }
  }

  async start(): Promise<this> {
    this.#whole.start();
    await this.clock.advance(0);
    return this;
  }

  stop(): Promise<void> {
    return this.clock.until(this.#whole.stop());
  }

  on(name: UpTopicName): Readonly<Record<string, unknown>>[] {
    return this.told.filter((each) => each.name === name).map(({ body }) => body);
  }

  stages(commandId: string): unknown[] {
    return this.on('ack')
      .filter((ack) => ack.commandId === commandId)
      .map(({ stage }) => stage);
  }

  /** Sends a command and lets it arrive; gives its id. */
  async send(command: CommandName, payload: object = {}, more: Partial<CommandMessage> = {}): Promise<string> {
    const commandId = more.commandId ?? `c-${++this.#commands}`;
    const issuedAt = new Date(this.clock.wallMs()).toISOString();
    this.deliver({ v: 1, commandId, command, payload, issuedAt, ttlMs: 30_000, actor: 'anna', ...more });
    await this.clock.advance(0);
    return commandId;
  }

  deliver(message: object, retain = false): void {
    const bytes = new TextEncoder().encode(JSON.stringify(message));
    this.broker.deliver({ topic: `devices/${DEVICE_ID}/commands`, bytes, retain, dup: false });
  }

  /** A START that is accepted at once. */
  async startInfusion(infusionId = 'i-1', parameters: object = PARAMETERS): Promise<string> {
    const commandId = await this.send('START_INFUSION', { ...parameters, infusionId });
    this.device.press({ action: 'accept' });
    await this.clock.advance(0);
    return commandId;
  }
}
