import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { until } from './until.ts';

const TOLD_WITHIN_MS = 20_000;

/** A command as it came on the topic of the device. */
export interface HandCommand {
  readonly commandId: string;
  readonly command: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

const HEARTBEAT_MS = 1_000;

/** A device in the hands of the test: it says what the test says, and by itself nothing but again what it is at. */
export class HandDevice {
  readonly id: string;
  readonly commands: HandCommand[] = [];
  readonly #client: MqttClient;
  readonly #boot: number;
  #seq = 0;
  #status: readonly [status: string, activeInfusionId: string | null] = ['idle', null];
  #heartbeat: ReturnType<typeof setInterval> | undefined;

  private constructor(id: string, client: MqttClient, boot: number) {
    this.id = id;
    this.#client = client;
    this.#boot = boot;
    client.on('message', (_topic, bytes) => this.commands.push(JSON.parse(String(bytes)) as HandCommand));
  }

  /** Connects and says that it is idle. */
  static async start(url: string, id: string, boot = 1, access: IClientOptions = {}): Promise<HandDevice> {
    const client = await connectAsync(url, { clientId: id, protocolVersion: 5, reconnectPeriod: 200, ...access });
    client.on('error', () => {});
    const device = new HandDevice(id, client, boot);
    await client.subscribeAsync(`devices/${id}/commands`, { qos: 1 });
    await device.status('idle');
    device.#heartbeat = setInterval(() => void device.#tellStatus(), HEARTBEAT_MS);
    return device;
  }

  async tell(name: string, body: object, options: { readonly retain?: boolean } = {}): Promise<void> {
    const message = { v: 1, boot: this.#boot, seq: ++this.#seq, ...body };
    await this.#client.publishAsync(`devices/${this.id}/${name}`, JSON.stringify(message), { qos: 1, ...options });
  }

  status(status: string, activeInfusionId: string | null = null): Promise<void> {
    this.#status = [status, activeInfusionId];
    return this.#tellStatus();
  }

  #tellStatus(): Promise<void> {
    const [status, activeInfusionId] = this.#status;
    return this.tell('status', { status, activeInfusionId, periodS: 1 }, { retain: true });
  }

  ack({ commandId }: HandCommand, stage: string, reason?: string): Promise<void> {
    return this.tell('ack', { commandId, stage, ...(reason !== undefined && { reason }) });
  }

  /** The `count`th command of that name, once it has come; repetitions of an id count once. */
  command(name: string, count = 1): Promise<HandCommand> {
    const all = () => [
      ...new Map(
        this.commands.filter(({ command }) => command === name).map((each) => [each.commandId, each]),
      ).values(),
    ];
    return until(() => all()[count - 1], TOLD_WITHIN_MS, `${count} ${name} at ${this.id}`);
  }

  /** It begins, and says so. */
  async confirm({ commandId, payload }: HandCommand): Promise<void> {
    const { infusionId, ...parameters } = payload;
    await this.tell('infusion', { commandId, infusionId, confirmed: true, parameters });
    await this.status('running', String(infusionId));
  }

  end(): Promise<void> {
    clearInterval(this.#heartbeat);
    return this.#client.endAsync(true);
  }
}
