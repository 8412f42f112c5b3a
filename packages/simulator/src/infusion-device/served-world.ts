import { NodeSqliteStore, SOUND_BROKER, type Store, startUnit, VirtualBroker } from '@perista/controller';
import { type Fleet, fleetOf, NO_HISTORY } from '@perista/controller/fleet';
import { isPeristaError, PeristaError, type Random, seededRandom, silentLog, VirtualClock } from '@perista/core';
import type { Infusion, InfusionRequest } from '@perista/protocol/api';
import { fencedBroker } from '../outside/fenced-broker.ts';
import { Life, ProcessDied } from '../world/life.ts';
import { processClock } from '../world/process-clock.ts';
import { AutomaticDevice } from './automatic-device.ts';
import { volatileMemory } from './device-memory.ts';
import type { Habits } from './habits.ts';

const DEVICE_ID = 'PUMP_0001';
const OLA = { name: 'ola', role: 'operator' } as const;
const REQUEST: InfusionRequest = { flowRateMlMin: 6, plannedVolumeMl: 9, acceptWithinS: 30 };
const MOST_DELAY_MS = 300;

/** What an operator may ask for beside a start. */
export type Order = 'STOP_INFUSION' | 'PAUSE_INFUSION' | 'RESUME_INFUSION' | 'CANCEL' | 'GET_STATE';

/** The real fleet of a server, an emulated device with its habits and a person beside it, and a broker between them. For tests. */
export class ServedWorld {
  readonly clock = new VirtualClock({ wallMs: Date.UTC(2026, 10, 2, 12) });
  /** How often the device truly began each infusion. */
  readonly begun = new Map<string, number>();
  readonly bugs: unknown[] = [];
  readonly #random: Random;
  readonly #store = new NodeSqliteStore(':memory:');
  readonly #broker: VirtualBroker;
  readonly #whole: AutomaticDevice;
  #running: string | null = null;
  #life: Life | null = null;
  #fleet: Fleet | null = null;
  #boots = 0;

  constructor(seed: number, habits: Habits) {
    this.#random = seededRandom(seed);
    const broker = new VirtualBroker(this.clock, ({ topic, body, retain }) =>
      broker.publish({ topic, bytes: new TextEncoder().encode(body), retain }),
    );
    broker.change({ ...SOUND_BROKER, delayMs: () => this.#random.unit() * MOST_DELAY_MS });
    this.#broker = broker;
    this.#whole = new AutomaticDevice(
      { clock: this.clock, random: this.#random, broker },
      { id: DEVICE_ID, memory: volatileMemory(), habits, onHappening: () => this.#look() },
    );
    this.#whole.start();
  }

  get isServed(): boolean {
    return this.#life?.isOver === false;
  }

  /** What the device runs or holds paused, in truth. */
  get running(): string | null {
    return this.#whole.device.state.run?.infusionId ?? null;
  }

  get fleet(): Fleet {
    if (this.#fleet === null) throw new Error('no server was started');
    return this.#fleet;
  }

  boot(): void {
    if (this.isServed) return;
    const life = new Life((thrown) => this.bugs.push(thrown));
    this.#life = life;
    const clock = processClock(this.clock, life, { originMs: 0, drift: 0 });
    const shared = {
      clock,
      random: seededRandom(++this.#boots),
      log: silentLog,
      store: mortalStore(this.#store, life),
    };
    const unit = startUnit({
      ...{ ...shared, version: 'simulated', firstPumps: [], channelCount: 6, emulated: true },
      openFrames: () => ({ send: () => false, onFrame: () => {}, close: async () => {} }),
      site: { timezone: 'Europe/Warsaw', doserId: 'doser' },
      timeSource: { bootId: 'first', isSynchronised: () => true },
    });
    const broker = fencedBroker(this.#broker, life, () => {});
    const told = { bus: unit.bus, events: unit.services.events };
    const fleet = fleetOf({ ...shared, ...told, doserId: 'doser', broker, history: NO_HISTORY, historyDays: 1 });
    this.#fleet = fleet;
    fleet.start();
  }

  /** The server is killed, now or in the middle of one of its next steps. */
  kill(afterCalls: number | null): void {
    if (afterCalls === null) this.#life?.end();
    else this.#life?.doom({ afterCalls, takesEffect: this.#random.unit() < 0.5 });
  }

  loseBroker(): void {
    this.#broker.lose();
  }

  start(): void {
    this.#ask(({ orders }) => orders.infusions.start({ deviceId: DEVICE_ID, request: REQUEST, actor: OLA }));
  }

  order(command: Order): void {
    this.#ask(({ orders }) => orders.orders.command(DEVICE_ID, { command }, OLA));
  }

  infusions(): Infusion[] {
    // Who looks on lets nobody die of it.
    this.#life?.doom(null);
    return this.isServed ? this.fleet.orders.infusions.list(DEVICE_ID, { limit: 500 }).items : [];
  }

  /** Commands of a kind that are not over. */
  open(command: string): number {
    return this.fleet.orders.records.commands(DEVICE_ID).filter((each) => each.command === command).length;
  }

  alarms(): string[] {
    return this.fleet.orders.records.alarms(DEVICE_ID).map(({ kind, state }) => `${kind} ${state}`);
  }

  async stop(): Promise<void> {
    this.#life?.end();
    await this.clock.until(this.#whole.stop());
  }

  /** Looks whether the device has begun something since. */
  #look(): void {
    const { running } = this;
    if (running !== null && running !== this.#running) this.begun.set(running, (this.begun.get(running) ?? 0) + 1);
    this.#running = running;
  }

  /** A refusal is an answer, and a server may die while it is asked. */
  #ask(question: (fleet: Fleet) => unknown): void {
    if (!this.isServed) return;
    try {
      question(this.fleet);
    } catch (thrown) {
      if (!isPeristaError(thrown)) throw thrown;
    }
  }
}

/** A dead server has no database. */
function mortalStore(store: Store, life: Life): Store {
  const alive = <T>(work: () => T): T => {
    try {
      return life.callNow(work);
    } catch (thrown) {
      if (thrown instanceof ProcessDied) throw new PeristaError('E301', 'The server is dead');
      throw thrown;
    }
  };
  return {
    all: (sql, ...params) => alive(() => store.all(sql, ...params)),
    get: (sql, ...params) => alive(() => store.get(sql, ...params)),
    run: (sql, ...params) => alive(() => store.run(sql, ...params)),
    transaction: (work) => alive(() => store.transaction(work)),
    close: () => {},
  };
}
