import type { Cancel, Clock, Log, Random } from '@perista/core';
import {
  announcedPump,
  BIRTH_WORD,
  deviceTopic,
  pumpDiscovery,
  type Teller,
  unitDiscovery,
} from '@perista/protocol/home-assistant';
import { inBackground, tolerant } from '../background.ts';
import type { ControllerServices } from '../services.ts';
import type { AnnouncedStore } from './announced-store.ts';
import type { LastingLine } from './lasting-line.ts';
import type { Arrival } from './mqtt-port.ts';

/** What the owner of a Home Assistant can set there, too; and the version of Perista that it is told. */
export interface HomeAssistantSettings extends Pick<Teller, 'version'> {
  /** Devices are announced; those that were are withdrawn otherwise. */
  readonly isOn: boolean;
  /** First levels of the topics that it reads announcements from. */
  readonly prefix: string;
  /** Where it says that it is there. */
  readonly statusTopic: string;
}

export interface HomeAssistantPorts extends Pick<Teller, 'doserId'> {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly services: Pick<ControllerServices, 'pumps'>;
  readonly announced: AnnouncedStore;
  readonly line: Pick<LastingLine, 'isUp' | 'publish'>;
  readonly settings: HomeAssistantSettings;
  /** States follow an announcement that was asked for. */
  readonly tellStates: () => void;
  /** Nothing shall stand of a pump that is gone. */
  readonly forgetPump: (pumpId: string) => void;
}

/** A house full of devices does not answer its birth all at once. */
const LONGEST_PAUSE_MS = 3_000;
/** Events after which a pump is to be announced anew, or withdrawn. */
const OF_PUMPS = /^pump_(created|changed|removed)$/;

/** Announces the unit and its pumps to Home Assistant, and withdraws what is gone. */
export class HomeAssistant {
  readonly #ports: HomeAssistantPorts;
  /** What the broker has on each topic, as far as this connection knows. */
  readonly #told = new Map<string, string>();
  #cancelAnswer: Cancel = () => {};

  constructor(ports: HomeAssistantPorts) {
    this.#ports = ports;
  }

  /** What is to be heard, if the broker lets us. */
  get filters(): readonly string[] {
    const { isOn, statusTopic } = this.#ports.settings;
    return isOn ? [statusTopic] : [];
  }

  stop(): void {
    this.#cancelAnswer();
  }

  /** With each connection: another broker may know nothing. */
  onUp(): void {
    this.#told.clear();
    this.#announce();
  }

  onEvent(kind: string): void {
    if (OF_PUMPS.test(kind)) this.#announce();
  }

  /** Whether it was meant for this. */
  onArrival({ topic, bytes }: Arrival): boolean {
    if (!this.filters.includes(topic)) return false;
    if (new TextDecoder().decode(bytes) === BIRTH_WORD) this.#answerBirth();
    return true;
  }

  #answerBirth(): void {
    const { clock, random, tellStates } = this.#ports;
    this.#cancelAnswer();
    this.#cancelAnswer = clock.after(random.unit() * LONGEST_PAUSE_MS, () => {
      this.onUp();
      tellStates();
    });
  }

  #announce(): void {
    if (!this.#ports.line.isUp) return;
    tolerant(this.#ports.log, 'announce the pumps to Home Assistant', () => {
      const wanted = this.#wanted();
      const gone = this.#ports.announced.list().filter((topic) => !wanted.has(topic));
      for (const topic of gone) this.#withdraw(topic);
      for (const [topic, body] of wanted) if (this.#told.get(topic) !== body) this.#publish(topic, body);
    });
  }

  /** With the announcement of a pump that was removed go its states, though that was before a restart. */
  #withdraw(topic: string): void {
    const { services, doserId, forgetPump } = this.#ports;
    this.#publish(topic, '');
    const pumpId = announcedPump(topic, doserId);
    if (pumpId !== undefined && !services.pumps.list().some(({ id }) => id === pumpId)) forgetPump(pumpId);
  }

  /** The unit first, for the pumps are behind it. */
  #wanted(): ReadonlyMap<string, string> {
    const { services, settings, doserId } = this.#ports;
    if (!settings.isOn) return new Map();
    const teller = { doserId, version: settings.version };
    const all = [unitDiscovery(teller), ...services.pumps.list().map((pump) => pumpDiscovery(pump, teller))];
    return new Map(
      all.map(({ objectId, payload }) => [deviceTopic(settings.prefix, objectId), JSON.stringify(payload)]),
    );
  }

  /** Noted before it is published, and forgotten only when its withdrawal has arrived. */
  #publish(topic: string, body: string): void {
    const { announced, line, log } = this.#ports;
    if (body !== '') announced.add(topic);
    this.#told.set(topic, body);
    const publish = async () => {
      const isTaken = await line.publish({ topic, body, qos: 1, retain: true });
      if (!isTaken) {
        this.#told.delete(topic);
        log.warn({ topic }, 'the MQTT broker did not take an announcement for Home Assistant');
      } else if (body === '' && this.#told.get(topic) === '') {
        announced.remove(topic);
      }
    };
    inBackground(log, 'announce to Home Assistant', publish());
  }
}
