import type { Clock, Log } from '@perista/core';
import type { HardwareKind } from '@perista/protocol/settings';
import type { StartChild } from './child-process.ts';
import { SupervisedProcess } from './supervised-process.ts';

/** Longest that a process may take to stop before it is killed. */
const STOP_LIMIT_MS = 10_000;
/** Only the controller checks passwords and speaks to others; nobody else is given what proves who one is. */
const SECRET_VARIABLE = /^(PERISTA|HIVEMQ)_\w*(PASSWORD|TOKEN)$/;

export interface UnitPorts {
  readonly startChild: StartChild;
  readonly clock: Clock;
  readonly log: Log;
  /** Progress for a person. */
  readonly say: (line: string) => void;
}

/** Where a running unit is found. */
export interface UnitAddresses {
  readonly controller: string;
  /** The window on the emulated hardware. */
  readonly emulator: string | undefined;
}

export type UnitStart =
  | { readonly kind: 'started'; readonly addresses: UnitAddresses }
  | { readonly kind: 'failed'; readonly sentence: string };

/** What a unit is made of. */
export interface UnitPlan {
  readonly hardware: HardwareKind;
  /** Whether the unit brings its own MQTT broker, by the settings as they are when it is asked. */
  readonly hasBroker: () => boolean;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The processes of a unit: hardware first up, last down; what dies in between is started again. */
export class Unit {
  readonly #emulator: SupervisedProcess | undefined;
  readonly #agent: SupervisedProcess;
  readonly #controller: SupervisedProcess;
  readonly #newBroker: () => SupervisedProcess | undefined;
  #broker: SupervisedProcess | undefined;
  #renewal: Promise<void> = Promise.resolve();
  readonly #say: (line: string) => void;
  #stopped: Promise<void> | undefined;

  constructor(given: UnitPlan, ports: UnitPorts) {
    const plainEnv = Object.fromEntries(Object.entries(given.env).filter(([name]) => !SECRET_VARIABLE.test(name)));
    const part = (
      name: string,
      env: typeof given.env,
      argsOfRestart: (lastAddress: string) => string[] = () => [],
      onAgain = () => {},
    ) =>
      new SupervisedProcess(
        name,
        (last) => ({ env, args: [name, ...given.args, ...(last === undefined ? [] : argsOfRestart(last))] }),
        ports,
        onAgain,
      );
    this.#emulator = given.hardware === 'emulated' ? part('emulate', plainEnv) : undefined;
    this.#agent = part('agent', plainEnv);
    this.#controller = part('controller', given.env, keepPort, () => {
      this.#renewal = this.#renewal.then(() => this.#renewBroker());
    });
    this.#newBroker = () => (given.hasBroker() ? part('broker', plainEnv, keepMqttPort) : undefined);
    this.#broker = this.#newBroker();
    this.#say = ports.say;
  }

  /** Resolves when all processes are ready, or as soon as one cannot start. */
  start(): Promise<UnitStart> {
    return new Promise((resolve) => {
      const startPart = async (part: SupervisedProcess) => {
        const news = await part.start();
        if (news.kind === 'ready') return news.address;
        const code = news.code ? ` (${news.code})` : '';
        resolve({ kind: 'failed', sentence: `${part.name} cannot start: ${news.message}${code}` });
        return undefined;
      };
      const startAll = async () => {
        if (this.#emulator) this.#say('starting the emulated hardware');
        const emulator = this.#emulator && (await startPart(this.#emulator));
        this.#say(`starting agent and controller${this.#broker ? ', and the MQTT broker' : ''}`);
        void this.#startBroker();
        const [controller] = await Promise.all([startPart(this.#controller), startPart(this.#agent)]);
        resolve({ kind: 'started', addresses: { controller: controller ?? '', emulator } });
      };
      void startAll();
    });
  }

  /** Pumps and screens do not wait for it. */
  async #startBroker(): Promise<void> {
    const news = await this.#broker?.start();
    if (news?.kind === 'ready' && news.address !== undefined) this.#say(`MQTT broker at ${news.address}`);
    if (news?.kind === 'failed') this.#say(`note: there is no MQTT broker: ${news.message}`);
  }

  /** Other settings may want another one, or none. */
  async #renewBroker(): Promise<void> {
    await this.#broker?.stop(STOP_LIMIT_MS);
    if (this.#stopped !== undefined) return;
    this.#broker = this.#newBroker();
    void this.#startBroker();
  }

  /** The agent brings its pumps to rest while the controller still listens, so that open doses are settled. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopInOrder();
    return this.#stopped;
  }

  async #stopInOrder(): Promise<void> {
    for (const part of [this.#agent, this.#controller, this.#broker, this.#emulator]) await part?.stop(STOP_LIMIT_MS);
  }
}

/** A port that the kernel chose stays the unit's port when its controller is started again. */
function keepPort(address: string): string[] {
  return ['--http-port', new URL(address).port || '80'];
}

/** Clients find a broker that died where it was. */
function keepMqttPort(address: string): string[] {
  return ['--mqtt-port', new URL(address).port];
}
