import {
  type Arrival,
  isConnection,
  type MqttBroker,
  type MqttConnection,
  type Publication,
} from '@perista/controller/mqtt';
import { type Cancel, type Clock, type Random, sleep } from '@perista/core';
import { jittered } from '../pump/chance.ts';

/** Pauses between attempts grow from the first to the second, ms; they differ, so that a fleet does not come at once. */
const PAUSES_MS = [500, 15_000] as const;
const PAUSE_SPREAD = 0.5;
/** Events that wait for the broker; beyond that the oldest are lost. */
const WAITING_MOST = 1_000;
/** A broker that hangs keeps nobody from stopping, ms. */
const FAREWELL_MS = 3_000;

export interface DeviceLineOptions {
  readonly clientId: string;
  readonly filter: string;
  /** Told by the broker when the connection is lost. */
  will(): Publication;
  onUp(): void;
  onArrival(arrival: Arrival): void;
  /** Once for each time that it is away. */
  onDown(reason: string): void;
}

export interface DeviceLinePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly broker: MqttBroker;
}

/** A device's way to the broker: dialled again whenever it is lost; what must arrive waits until it has. */
export class DeviceLine {
  readonly #ports: DeviceLinePorts;
  readonly #options: DeviceLineOptions;
  /** In the order in which they were told. */
  readonly #waiting = new Set<Publication>();
  readonly #underWay = new Set<Promise<void>>();
  #connection: MqttConnection | null = null;
  #failures = 0;
  #isStopped = false;
  #isAway = false;
  #dial = 0;
  #cancelPause: Cancel = () => {};

  constructor(ports: DeviceLinePorts, options: DeviceLineOptions) {
    this.#ports = ports;
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#connection !== null;
  }

  start(): void {
    void this.#connect();
  }

  /** Sends it, now if it can; what has QoS 1 waits until the broker has it, unless it is a state that is told anew. */
  send(publication: Publication): void {
    if (publication.qos === 0 || publication.retain) {
      void this.#connection?.publish(publication);
      return;
    }
    this.#waiting.add(publication);
    const [oldest] = this.#waiting;
    if (this.#waiting.size > WAITING_MOST && oldest !== undefined) this.#waiting.delete(oldest);
    this.#hand(publication);
  }

  /** Loses the connection, so that the broker tells the will; stays away for so long, or until it shall come back. */
  drop(forMs?: number): void {
    const lost = this.#connection;
    this.#connection = null;
    this.#dial++;
    this.#isAway = true;
    this.#cancelPause();
    lost?.drop();
    if (forMs !== undefined) this.#cancelPause = this.#ports.clock.after(forMs, () => void this.#connect());
  }

  /** Does not wait any longer with its next attempt. */
  comeBack(): void {
    if (this.isUp || this.#isStopped) return;
    this.#cancelPause();
    void this.#connect();
  }

  /** What nobody has got yet is forgotten. */
  forget(): void {
    this.#waiting.clear();
  }

  /** Takes its leave: what waits goes first, if the broker takes it in time. */
  async stop(farewell: Publication): Promise<void> {
    this.#isStopped = true;
    this.#cancelPause();
    const last = this.#connection;
    if (last === null) return;
    const leave = async () => {
      await Promise.all(this.#underWay);
      await last.publish(farewell);
      await last.close();
    };
    await Promise.race([leave(), sleep(this.#ports.clock, FAREWELL_MS)]);
    this.#connection = null;
    last.drop();
  }

  #hand(publication: Publication): void {
    const connection = this.#connection;
    if (connection === null) return;
    const handing = connection.publish(publication).then((isHandedOver) => {
      if (isHandedOver) this.#waiting.delete(publication);
      this.#underWay.delete(handing);
    });
    this.#underWay.add(handing);
  }

  async #connect(): Promise<void> {
    this.#isAway = false;
    const dial = ++this.#dial;
    const { clientId, filter, will, onArrival } = this.#options;
    const onLost = ({ reason }: { readonly reason: string }) => {
      if (dial === this.#dial) this.#lose(reason);
    };
    const dialled = await this.#ports.broker.dial({ clientId, will: will(), filters: [filter], onArrival, onLost });
    const isOvertaken = dial !== this.#dial || this.#isStopped;
    if (!isConnection(dialled)) {
      if (!isOvertaken) this.#lose(dialled.reason);
      return;
    }
    if (isOvertaken) return dialled.drop();
    this.#connection = dialled;
    this.#failures = 0;
    for (const publication of this.#waiting) this.#hand(publication);
    this.#options.onUp();
  }

  #lose(reason: string): void {
    this.#connection = null;
    this.#dial++;
    if (this.#isStopped || this.#isAway) return;
    if (this.#failures === 0) this.#options.onDown(reason);
    const [first, longest] = PAUSES_MS;
    const pauseMs = Math.min(longest, first * 2 ** this.#failures++);
    const { clock, random } = this.#ports;
    this.#cancelPause = clock.after(jittered(random, pauseMs, PAUSE_SPREAD), () => void this.#connect());
  }
}
