import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CalibrationRun, seededRandom, silentLog, VirtualClock } from '@perista/core';
import type { DoseRequest, LogEvent, NewPump, StepperHardware } from '@perista/protocol/api';
import type { Frames } from '@perista/protocol/link';
import { FakeAgent } from './agent-link/fake-agent.ts';
import { MortalClock } from './mortal-clock.ts';
import type { FirstPump } from './pumps/first-pumps.ts';
import type { Actor, OrderOutcome } from './services.ts';
import { NodeSqliteStore } from './store/node-sqlite-store.ts';
import type { Store } from './store/store.ts';
import { startUnit, type Unit, type UnitPorts } from './unit.ts';

export const OPERATOR: Actor = { name: 'ola', role: 'operator' };

const START_WALL_MS = Date.UTC(2026, 2, 1, 12);

/** What a peristaltic head gives: a little less for each turn as it turns faster. */
const RUNS: CalibrationRun[] = [20, 60, 100, 150, 200, 240].map((rpm) => ({
  rpm,
  revolutions: 100,
  measuredMl: 100 * 0.18 * (1 - rpm * 0.0002),
}));

export const STEPPER: StepperHardware = {
  kind: 'servo42c',
  line: 'main',
  address: 0xe0,
  microstep: 16,
  steps_per_rev: 200,
  invert: false,
  dialect: 'auto',
  max_rpm: 300,
};

export const newPumpInput = (id: string, change: Partial<NewPump> = {}): NewPump => ({
  id,
  hardware: { ...STEPPER, line: id },
  limits: { single_ml: 100, duration_s: 600, hour_ml: 200, day_ml: 500, week_ml: 2000 },
  max_rate_ml_min: 40,
  ...change,
});

export const firstPump = (id: string, change: Partial<NewPump> = {}): FirstPump => ({
  ...newPumpInput(id, change),
  calibrationRuns: RUNS,
});

/** Frames that nobody sends or hears any more once the unit is dead. */
const mortal = (frames: Frames, clock: MortalClock): Frames => ({
  send: (frame) => !clock.isDead && frames.send(frame),
  onFrame: (listener) =>
    frames.onFrame((frame) => {
      if (!clock.isDead) listener(frame);
    }),
  close: () => frames.close(),
});

/**
 * The dosing side as in the product, on a database file, with a scripted agent and a clock that stands still. `crash`
 * ends it without a word, `boot` starts it again on what is on the disk.
 */
export class UnitFixture {
  readonly clock = new VirtualClock({ wallMs: START_WALL_MS });
  readonly agent = new FakeAgent(this.clock);
  /** What the machine says of its clock. */
  bootId = 'first';
  isSynchronised = true;
  channelCount = 6;
  readonly #path = join(mkdtempSync(join(tmpdir(), 'perista-unit-')), 'unit.sqlite');
  readonly #firstPumps: readonly FirstPump[];
  readonly #wrapStore: (store: Store) => Store;
  readonly #remoteLog: Pick<UnitPorts, 'remoteLog'>;
  #boots = 0;
  #clockOfUnit = new MortalClock(this.clock);
  #store: Store | null = null;
  #unit: Unit | null = null;

  constructor(
    options: { firstPumps?: readonly FirstPump[]; wrapStore?: (store: Store) => Store } & Pick<
      UnitPorts,
      'remoteLog'
    > = {},
  ) {
    this.#firstPumps = options.firstPumps ?? [firstPump('a'), firstPump('b')];
    this.#wrapStore = options.wrapStore ?? ((store) => store);
    this.#remoteLog = options.remoteLog === undefined ? {} : { remoteLog: options.remoteLog };
  }

  get unit(): Unit {
    if (this.#unit === null) throw new Error('the unit is not started');
    return this.#unit;
  }

  get services() {
    return this.unit.services;
  }

  /** The database beneath the unit. */
  get store(): Store {
    if (this.#store === null) throw new Error('the unit is not started');
    return this.#store;
  }

  /** Starts the unit and lets it meet the agent. */
  async boot(): Promise<this> {
    this.start();
    await this.clock.advance(100);
    return this;
  }

  start(): void {
    const clock = new MortalClock(this.clock);
    this.#clockOfUnit = clock;
    this.#store = this.#wrapStore(new NodeSqliteStore(this.#path));
    this.#unit = startUnit({
      clock,
      random: seededRandom(++this.#boots),
      log: silentLog,
      store: this.#store,
      openFrames: () => mortal(this.agent.openFrames(), clock),
      version: '1.2.3',
      firstPumps: this.#firstPumps,
      channelCount: this.channelCount,
      emulated: true,
      site: { timezone: 'Europe/Warsaw', doserId: 'doser' },
      timeSource: { bootId: this.bootId, isSynchronised: () => this.isSynchronised },
      ...this.#remoteLog,
    });
  }

  crash(): void {
    this.#clockOfUnit.die();
    this.#store?.close();
    this.#unit = null;
  }

  /** The database is gone; the next boot begins with a new one. */
  loseDatabase(): void {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${this.#path}${suffix}`, { force: true });
  }

  order(pumpId: string, request: DoseRequest, key?: string): OrderOutcome {
    const named = key === undefined ? {} : { key };
    return this.services.doses.order({ pumpId, request, actor: OPERATOR, cause: 'manual', ...named });
  }

  /** Orders a dose that must be accepted; its id. */
  orderAccepted(pumpId: string, request: DoseRequest, key?: string): string {
    const outcome = this.order(pumpId, request, key);
    if (outcome.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(outcome)}`);
    return outcome.answer.dose_id;
  }

  /** All events, oldest first. */
  events(): LogEvent[] {
    return this.services.events.list({ limit: 500 }).items.reverse();
  }

  kinds(): string[] {
    return this.events().map(({ kind }) => kind);
  }
}
