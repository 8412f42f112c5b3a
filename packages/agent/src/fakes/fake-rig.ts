import { assert, type Log, seededRandom, silentLog, VirtualClock } from '@perista/core';
import { type InputSource, mb85rc256v, type RelayBank, RelayPumpDriver, RelaySwitch } from '@perista/drivers';
import { FakeMb85rc256v, FakeRelayBank, fakeI2cBus } from '@perista/drivers/contract';
import { directionToWire, type RequestKind } from '@perista/protocol/link';
import { type Agent, startAgent } from '../agent.ts';
import type { JournalStorage } from '../journal/journal-storage.ts';
import { isRelay, type PumpSetup, type RelaySetup, type StepperSetup } from '../pumps/pump-setup.ts';
import { DyingStorage } from './dying-storage.ts';
import { FakeController } from './fake-controller.ts';
import { FakeLink } from './fake-link.ts';
import { FakePump, FakePumpDriver } from './fake-pump.ts';

export const ML_PER_REV = 0.18;

/** Promises of the whole agent settle before time moves on. */
export const virtualClock = (): VirtualClock =>
  new VirtualClock({ wallMs: 1_800_000_000_000, settle: () => new Promise((resolve) => setImmediate(resolve)) });

export const pumpSetup = (pumpId: string, changes: Partial<StepperSetup> = {}): StepperSetup => ({
  pumpId,
  lineId: `line-${pumpId}`,
  address: 0xe0,
  microstep: 16,
  stepsPerRev: 200,
  invert: false,
  dialect: 'auto',
  pollsWhileMoving: false,
  mutexGroup: '',
  singleMl: 10,
  durationS: 120,
  ...changes,
});

export const relaySetup = (relayChannel: number, changes: Partial<RelaySetup> = {}): RelaySetup => ({
  pumpId: `relay-${relayChannel}`,
  relayChannel,
  mutexGroup: 'relays',
  singleMl: 50,
  durationS: 120,
  ...changes,
});

/** What differs from an order of 0.36 ml, two turns, in 2 s. */
export interface OrderChanges {
  readonly pulses?: number;
  readonly durationMs?: number;
  readonly leaseMs?: number;
  readonly capMl?: number;
  readonly capMs?: number;
  readonly direction?: 'forward' | 'reverse';
  readonly isCalibrated?: boolean;
}

export const startDose = (doseId: string, pumpId: string, changes: OrderChanges = {}): RequestKind => ({
  case: 'startDose',
  value: {
    doseId,
    pumpId,
    leaseMs: changes.leaseMs ?? 10_000,
    motion: {
      pulses: changes.pulses ?? 6400,
      direction: directionToWire(changes.direction ?? 'forward'),
      durationMs: changes.durationMs ?? 2000,
      minCode: 1,
      maxCode: 127,
    },
    mlPerRev: ML_PER_REV,
    isCalibrated: changes.isCalibrated ?? true,
    cap: { volumeMl: changes.capMl ?? 1, durationMs: changes.capMs ?? 30_000 },
  },
});

export const query = (doseId: string): RequestKind => ({ case: 'query', value: { doseId } });

/** Address of the memory on its bus. */
const FRAM = 0x50;

/** No two runs of an agent are alike. */
let startedAgents = 0;

/** The real agent on fake pumps, a fake link and a virtual clock. The pumps, the clock and the journal outlive it. */
export class AgentRig {
  readonly clock: VirtualClock;
  readonly pumps: Map<string, FakePump>;
  readonly blobs: Map<string, Uint8Array>;
  readonly link = new FakeLink();
  readonly drivers = new Map<string, FakePumpDriver>();
  readonly controller: FakeController;
  readonly bugs: unknown[] = [];
  /** Level switches, leak sensors and interlocks; none unless a test has some. */
  inputs: InputSource | undefined;
  readonly storage: DyingStorage;
  /** Behind the pumps whose setup names a relay. */
  readonly relays: FakeRelayBank;
  /** The memory of the dosing unit. */
  readonly fram: FakeMb85rc256v;
  #agent: Agent | null = null;
  #isKilled = false;

  constructor(world: Partial<Pick<AgentRig, 'clock' | 'pumps' | 'blobs' | 'relays' | 'fram'>> = {}) {
    this.clock = world.clock ?? virtualClock();
    this.relays = world.relays ?? new FakeRelayBank(this.clock);
    this.fram = world.fram ?? new FakeMb85rc256v();
    this.pumps = world.pumps ?? new Map([['p1', new FakePump(this.clock)]]);
    this.blobs = world.blobs ?? new Map();
    this.storage = new DyingStorage(this.blobs);
    this.controller = new FakeController(this.link.controllerEnd('controller'), this.clock);
  }

  /** Starts the agent; resolves when its link is open. */
  async start(storage: JournalStorage = this.storage, log: Log = silentLog): Promise<void> {
    this.#agent = await this.clock.until(this.begin(storage, log));
  }

  begin(storage: JournalStorage = this.storage, log: Log = silentLog): Promise<Agent> {
    const relays = new RelaySwitch(this.#reachableRelays());
    return startAgent({
      clock: this.clock,
      random: seededRandom(++startedAgents),
      log,
      storage,
      openLine: () => undefined,
      openFrames: this.link.openAgentEnd,
      openFram: async () => mb85rc256v(fakeI2cBus({ [FRAM]: this.fram }), FRAM),
      ...(this.inputs === undefined ? {} : { inputs: this.inputs }),
      onBroken: (bug) => this.bugs.push(bug),
      createDriver: (setup) => {
        const { pumpId } = setup;
        if (isRelay(setup)) {
          return new RelayPumpDriver({ pumpId, channel: setup.relayChannel, relays, clock: this.clock });
        }
        const pump = this.pumps.get(pumpId);
        assert(pump !== undefined, `the rig has a pump ${pumpId}`);
        const driver = new FakePumpDriver(pumpId, pump, this.clock);
        this.drivers.set(pumpId, driver);
        return driver;
      },
      version: '0.0.0-test',
    });
  }

  /** The relays as this process reaches them while it lives. */
  #reachableRelays(): RelayBank {
    const { channels } = this.relays;
    const silence = new Promise<never>(() => {});
    return {
      channels,
      set: (channel, forMs) => (this.#isKilled ? silence : this.relays.set(channel, forMs)),
      close: () => this.relays.close(),
    };
  }

  /** Opens a session and, once, configures the rig's pumps. */
  async open(
    epoch = 1n,
    setups: PumpSetup[] = [...this.pumps.keys()].map((pumpId) => pumpSetup(pumpId)),
  ): Promise<void> {
    await this.live(this.controller.hello(epoch));
    const reply = await this.ask({ case: 'putUnitConfig', value: { pumps: setups, configHash: `hash-${epoch}` } });
    assert(reply.case === 'done', `PutUnitConfig was answered with ${JSON.stringify(reply)}`);
  }

  ask(...request: Parameters<FakeController['ask']>): ReturnType<FakeController['ask']> {
    return this.live(this.controller.ask(...request));
  }

  /** Asks for what must be refused; the code of the failure. */
  async refusal(...request: Parameters<FakeController['ask']>): Promise<string> {
    const reply = await this.ask(...request);
    return reply.case === 'failure' ? reply.value.code : `answered with ${reply.case}`;
  }

  /** Lives on until `promise` settles. */
  live<T>(promise: Promise<T>): Promise<T> {
    return this.clock.until(promise, 120_000);
  }

  pump(pumpId = 'p1'): FakePump {
    const pump = this.pumps.get(pumpId);
    assert(pump !== undefined, `the rig has a pump ${pumpId}`);
    return pump;
  }

  /** True volume that the pump gave, by its shaft. */
  trueMl(pumpId = 'p1'): number {
    return this.pump(pumpId).revolutions * ML_PER_REV;
  }

  /** The settled record of a dose, or what else the agent says of it. */
  async record(doseId: string) {
    const reply = await this.ask(query(doseId));
    if (reply.case === 'query' && reply.value.kind.case === 'record') return reply.value.kind.value;
    throw new Error(`dose ${doseId} has no record: ${JSON.stringify(reply)}`);
  }

  async stop(): Promise<void> {
    if (this.#agent !== null) await this.live(this.#agent.stop());
  }

  /** Kills the process: its drivers fall silent, its link and its journal are gone; what turns, turns on. */
  kill(): void {
    this.#isKilled = true;
    for (const driver of this.drivers.values()) driver.kill();
    this.storage.die();
    this.link.isOpen = false;
  }

  /** The same world with a new agent in it. */
  successor(): AgentRig {
    const { clock, pumps, blobs, relays, fram } = this;
    return new AgentRig({ clock, pumps, blobs, relays, fram });
  }
}
