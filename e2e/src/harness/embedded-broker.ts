import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MosquittoClients } from './mosquitto-clients.ts';
import { killHard } from './processes.ts';
import type { TestUnit } from './unit.ts';
import { until } from './until.ts';

const STARTS_WITHIN_MS = 30_000;

interface BrokerFile {
  readonly kind: 'open' | 'shut';
  readonly pid: number;
  readonly url?: string;
}

/** The broker that a unit brings along. */
export class EmbeddedBroker extends MosquittoClients {
  readonly #unit: Pick<TestUnit, 'dataDir' | 'pid'>;
  readonly #login: readonly string[];
  #killed = 0;

  constructor(unit: Pick<TestUnit, 'dataDir' | 'pid'>, login: readonly string[] = []) {
    super();
    this.#unit = unit;
    this.#login = login;
  }

  get port(): number {
    return Number(new URL(this.#file()?.url ?? '').port);
  }

  /** Without a name, unless there is one. */
  get access(): string[] {
    return ['-h', '127.0.0.1', '-p', String(this.port), ...this.#login];
  }

  /** The same broker, with a name and a password. */
  as(name: string, password: string): EmbeddedBroker {
    return new EmbeddedBroker(this.#unit, ['-u', name, '-P', password]);
  }

  /** Waits until it can be reached, after it was killed as before. */
  async start(): Promise<void> {
    await until(
      () => this.#file()?.kind === 'open' && this.#file()?.pid !== this.#killed,
      STARTS_WITHIN_MS,
      'the embedded broker can be reached',
    );
  }

  async kill(): Promise<void> {
    this.#killed = this.#unit.pid('broker');
    await killHard(this.#killed);
  }

  #file(): BrokerFile | undefined {
    try {
      return JSON.parse(readFileSync(join(this.#unit.dataDir, 'broker.json'), 'utf8')) as BrokerFile;
    } catch {
      return undefined;
    }
  }
}
