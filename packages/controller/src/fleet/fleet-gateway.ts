import type { Clock, Log } from '@perista/core';
import {
  type CommandMessage,
  DEVICE_TOPICS,
  deviceTopic,
  mayBeRetained,
  parseDeviceMessage,
  parseUpTopic,
  upFilters,
} from '@perista/protocol/fleet';
import { type LastingLine, lastingLine } from '../mqtt/lasting-line.ts';
import type { Arrival, MqttBroker } from '../mqtt/mqtt-port.ts';
import type { FleetMeter } from './fleet-meter.ts';
import type { DeviceLine, DeviceListener } from './fleet-ports.ts';

export interface FleetGatewayPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly broker: MqttBroker;
  /** Tells our connections from those of another unit. */
  readonly doserId: string;
  readonly meter: FleetMeter;
  readonly listener: DeviceListener;
  /** Both ways are up, or one of them is not any more. */
  readonly onLine: (isUp: boolean) => void;
}

/**
 * Remote devices over MQTT: what they tell comes in on one connection, commands go out on another, for on one of them a
 * command and the answers wait for each other's acknowledgements. Nothing that anybody publishes makes it throw.
 */
export class FleetGateway implements DeviceLine {
  readonly #ports: FleetGatewayPorts;
  readonly #in: LastingLine;
  readonly #out: LastingLine;
  #isUp = false;

  constructor(ports: FleetGatewayPorts) {
    this.#ports = ports;
    const { doserId } = ports;
    const look = () => this.#look();
    const line = { onUp: look, onDown: look };
    this.#in = lastingLine(ports, {
      ...line,
      clientId: `perista-${doserId}-fleet`,
      filters: upFilters(),
      onArrival: (arrival) => this.#take(arrival),
    });
    this.#out = lastingLine(ports, {
      ...line,
      clientId: `perista-${doserId}-commands`,
      filters: [],
      onArrival: () => {},
    });
  }

  get isUp(): boolean {
    return this.#in.isUp && this.#out.isUp;
  }

  get why(): string {
    return this.#in.isUp ? this.#out.why : this.#in.why;
  }

  start(): void {
    this.#in.start();
    this.#out.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#in.stop(), this.#out.stop()]);
  }

  send(deviceId: string, command: CommandMessage): Promise<boolean> {
    const { qos, retain } = DEVICE_TOPICS.commands;
    return this.#out.publish({
      topic: deviceTopic(deviceId, 'commands'),
      body: JSON.stringify(command),
      ...{ qos, retain },
    });
  }

  #look(): void {
    if (this.#isUp === this.isUp) return;
    this.#isUp = this.isUp;
    this.#ports.onLine(this.#isUp);
  }

  #take({ topic, bytes, retain }: Arrival) {
    const { clock, meter, listener } = this.#ports;
    const parsedTopic = parseUpTopic(topic);
    if (parsedTopic === undefined) {
      return meter.drop({ deviceId: null, topic: null, reason: 'foreign-topic', detail: shortened(topic) });
    }
    const { deviceId, name } = parsedTopic;
    // Somebody removed what the broker had retained.
    if (bytes.length === 0 && mayBeRetained(name)) return;
    if (retain && !mayBeRetained(name)) return meter.drop({ deviceId, topic: name, reason: 'retained-event' });
    const parsed = parseDeviceMessage(name, bytes);
    if (!parsed.ok) {
      return meter.drop({ deviceId, topic: name, reason: 'malformed', detail: shortened(parsed.reason) });
    }
    listener.hear({
      deviceId,
      message: parsed.message,
      receivedAtMs: Math.floor(clock.wallMs()),
      receivedMs: clock.monotonicMs(),
      isRetained: retain,
    });
  }
}

/** Of what a stranger wrote, enough to know it by. */
const shortened = (text: string): string => (text.length > 120 ? `${text.slice(0, 120)}…` : text);
