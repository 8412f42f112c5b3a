import type { Clock, Log } from '@perista/core';
import type { HardwareKind } from '@perista/protocol/settings';
import type { StartChild } from './child-process.ts';
import { SupervisedProcess } from './supervised-process.ts';

/** Longest that a process may take to stop before it is killed. */
const STOP_LIMIT_MS = 10_000;
/** Only the controller checks passwords; nobody else is given one. */
const PASSWORD_VARIABLE = 'PERISTA_ADMIN_PASSWORD';

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

/** The processes of a unit: hardware first up, last down; what dies in between is started again. */
export class Unit {
  readonly #emulator: SupervisedProcess | undefined;
  readonly #agent: SupervisedProcess;
  readonly #controller: SupervisedProcess;
  readonly #say: (line: string) => void;
  #stopped: Promise<void> | undefined;

  constructor(
    given: { hardware: HardwareKind; args: readonly string[]; env: Readonly<Record<string, string | undefined>> },
    ports: UnitPorts,
  ) {
    const { [PASSWORD_VARIABLE]: _secret, ...plainEnv } = given.env;
    const part = (name: string, env: typeof given.env, argsOfRestart: (lastAddress: string) => string[] = () => []) =>
      new SupervisedProcess(
        name,
        (last) => ({ env, args: [name, ...given.args, ...(last === undefined ? [] : argsOfRestart(last))] }),
        ports,
      );
    this.#emulator = given.hardware === 'emulated' ? part('emulate', plainEnv) : undefined;
    this.#agent = part('agent', plainEnv);
    this.#controller = part('controller', given.env, keepPort);
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
        this.#say('starting agent and controller');
        const [controller] = await Promise.all([startPart(this.#controller), startPart(this.#agent)]);
        resolve({ kind: 'started', addresses: { controller: controller ?? '', emulator } });
      };
      void startAll();
    });
  }

  /** The agent brings its pumps to rest while the controller still listens, so that open doses are settled. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopInOrder();
    return this.#stopped;
  }

  async #stopInOrder(): Promise<void> {
    for (const part of [this.#agent, this.#controller, this.#emulator]) await part?.stop(STOP_LIMIT_MS);
  }
}

/** A port that the kernel chose stays the unit's port when its controller is started again. */
function keepPort(address: string): string[] {
  return ['--http-port', new URL(address).port || '80'];
}
