import { type Config, spelledOut } from './home-assistant-rules.ts';
import type { Heard, MosquittoClients } from './mosquitto-clients.ts';
import { until } from './until.ts';

const WITHIN_MS = 20_000;

export interface HomeDevice {
  readonly topic: string;
  readonly text: string;
  readonly device: Config;
  readonly components: Readonly<Record<string, Config>>;
  readonly root: Config;
}

/** A Home Assistant as far as a unit can tell: it reads what is announced, and publishes what its entities would. */
export class HomeAssistantPeer {
  readonly #broker: MosquittoClients;
  readonly #hear: () => Heard[];
  #presses = 0;

  private constructor(broker: MosquittoClients, hear: () => Heard[]) {
    this.#broker = broker;
    this.#hear = hear;
  }

  /** It comes now: what was not retained before is not known to it. */
  static async join(broker: MosquittoClients): Promise<HomeAssistantPeer> {
    return new HomeAssistantPeer(broker, await broker.listen());
  }

  get heard(): Heard[] {
    return this.#hear();
  }

  /** Its birth message, as it publishes it unless told otherwise. */
  sayBirth(): void {
    this.#broker.publish('homeassistant/status', 'online', '-q', '0');
  }

  /** What is announced and not withdrawn. */
  devices(): HomeDevice[] {
    const latest = new Map<string, string>();
    for (const { topic, text } of this.heard) if (topic.endsWith('/config')) latest.set(topic, text);
    return [...latest]
      .filter(([, text]) => text !== '')
      .map(([topic, text]) => ({ topic, text, ...spelledOut(JSON.parse(text) as Config) }));
  }

  announcements(topic: string): Heard[] {
    return this.heard.filter((each) => each.topic === topic);
  }

  /** The device of this name, once it is announced. */
  device(name: string): Promise<HomeDevice> {
    return until(
      () => this.devices().find(({ device }) => device.name === name),
      WITHIN_MS,
      `${name} is announced to Home Assistant`,
    );
  }

  async entity(deviceName: string, key: string): Promise<Config> {
    const entity = (await this.device(deviceName)).components[key];
    if (entity === undefined) throw new Error(`${deviceName} has no ${key}`);
    return entity;
  }

  /** What was told last on a topic. */
  latest(topic: unknown): string | undefined {
    return this.heard.findLast((each) => each.topic === topic)?.text;
  }

  /** Waits until the state of a number or switch reads so. */
  async reads(deviceName: string, key: string, state: string): Promise<void> {
    const { state_topic } = await this.entity(deviceName, key);
    await until(() => this.latest(state_topic) === state, WITHIN_MS, `${key} of ${deviceName} reads ${state}`);
  }

  /** Somebody turns a number or a switch. */
  async set(deviceName: string, key: string, payload: string, ...options: string[]): Promise<void> {
    const { command_topic } = await this.entity(deviceName, key);
    this.#broker.publish(String(command_topic), payload, ...options);
  }

  /** Somebody presses a button; what was published, so that it can come again. */
  async press(deviceName: string, key: string): Promise<{ readonly topic: string; readonly payload: string }> {
    const { command_topic, command_template, payload_press } = await this.entity(deviceName, key);
    const topic = String(command_topic);
    const payload = command_template === undefined ? String(payload_press) : this.#rendered(String(command_template));
    this.#broker.publish(topic, payload);
    return { topic, payload };
  }

  /** Just what templates of buttons say. */
  #rendered(template: string): string {
    const inAMinute = `${new Date(Date.now() + 60_000).toISOString().slice(0, 19)}Z`;
    const text = template
      .replace('{{ now().timestamp() }}', `${Date.now() / 1000}${++this.#presses}`)
      .replace(/\{\{ \(utcnow\(\) \+ timedelta\(minutes=1\)\)\.strftime\('%Y-%m-%dT%H:%M:%SZ'\) \}\}/, inAMinute);
    if (text.includes('{{')) throw new Error(`cannot render ${text}`);
    return text;
  }
}
