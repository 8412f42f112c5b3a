import type { Clock, Log } from '@perista/core';
import { DEVICE_TOPICS, deviceTopic, type UpTopicName } from '@perista/protocol/fleet';
import { type LastingLine, lastingLine } from '../mqtt/lasting-line.ts';
import type { Arrival, MqttBroker, Publication } from '../mqtt/mqtt-port.ts';

export interface HubLinePorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly broker: MqttBroker;
  /** Whether what the clock shows means anything. */
  readonly isClockTrusted: () => boolean;
}

interface HubLineOptions {
  readonly deviceId: string;
  /** How often the device has started; told in each message. */
  readonly boot: number;
  readonly onArrival: (arrival: Arrival) => void;
  /** What it is, told whenever the hub can be reached again. */
  readonly onUp: () => void;
}

/** Of what must arrive, so much waits for a hub that is away; beyond that the oldest is lost. */
const MOST_WAITING = 200;

/** The way of one pump to the hub: a connection of its own, with a last will, and messages with numbers. */
export class HubLine {
  readonly #ports: HubLinePorts;
  readonly #options: HubLineOptions;
  readonly #line: LastingLine;
  readonly #waiting = new Set<Publication>();
  #seq = 0;
  #session = 0;

  constructor(ports: HubLinePorts, options: HubLineOptions) {
    this.#ports = ports;
    this.#options = options;
    const { deviceId, onArrival, onUp } = options;
    this.#line = lastingLine(ports, {
      ...{ clientId: deviceId, filters: [deviceTopic(deviceId, 'commands')], onArrival },
      will: () => this.#numbered('status', { status: 'offline', session: ++this.#session }),
      onUp: () => {
        for (const publication of this.#waiting) this.#hand(publication);
        onUp();
      },
    });
  }

  get isUp(): boolean {
    return this.#line.isUp;
  }

  start(): void {
    this.#line.start();
  }

  /** An event waits for a hub that is away; a state or a number does not: the next one replaces it. */
  tell(name: UpTopicName, body: object) {
    const publication = this.#numbered(name, name === 'status' ? { ...body, session: this.#session } : body);
    if (publication.qos === 0 || publication.retain) return this.#line.send(publication);
    this.#waiting.add(publication);
    const [oldest] = this.#waiting;
    if (this.#waiting.size > MOST_WAITING && oldest !== undefined) this.#waiting.delete(oldest);
    this.#hand(publication);
  }

  stop(): Promise<void> {
    return this.#line.stop(this.#numbered('status', { status: 'offline', session: this.#session }));
  }

  #hand(publication: Publication): void {
    void this.#line.publish(publication).then((isHandedOver) => {
      if (isHandedOver) this.#waiting.delete(publication);
    });
  }

  #numbered(name: UpTopicName, body: object): Publication {
    const { deviceId, boot } = this.#options;
    const { clock, isClockTrusted } = this.#ports;
    const { qos, retain } = DEVICE_TOPICS[name];
    const header = { v: 1, boot, seq: ++this.#seq, ts: new Date(clock.wallMs()).toISOString() };
    const message = { ...header, tq: isClockTrusted() ? 'ntp' : 'unset', ...body };
    return { topic: deviceTopic(deviceId, name), body: JSON.stringify(message), qos, retain };
  }
}
