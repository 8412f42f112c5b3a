import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryJournalStorage, startAgent } from '@perista/agent';
import { type Actor, type FirstPump, NodeSqliteStore, startUnit, type Unit } from '@perista/controller';
import { seededRandom, silentLog, VirtualClock } from '@perista/core';
import { mb85rc256v, openFramImage } from '@perista/drivers';
import { FakeMb85rc256v, FakeRelayBank, fakeI2cBus } from '@perista/drivers/contract';
import { relayFactoryCalibration } from '../factory-calibration.ts';
import { DEFAULT_EMULATED_RELAYS } from '../relay/emulated-relay-pump.ts';
import { AgentLink } from '../world/agent-link.ts';
import { Life } from '../world/life.ts';
import { processClock } from '../world/process-clock.ts';

const FRAM = 0x50;
export const OPERATOR: Actor = { name: 'ola', role: 'operator' };

/** As a first start on emulated hardware has them. */
const FIRST_PUMPS: readonly FirstPump[] = DEFAULT_EMULATED_RELAYS.map((pump) => ({
  id: `relay-${pump.channel}`,
  hardware: { kind: 'relay', channel: pump.channel },
  limits: { single_ml: 50, duration_s: 120, hour_ml: 100, day_ml: 200, week_ml: 1000 },
  max_rate_ml_min: 60,
  min_dose_ml: 0.2,
  container_ml: 100_000,
  calibrationRuns: relayFactoryCalibration(pump),
}));

/** The real agent and the real controller of a dosing unit in one process and virtual time; its chip outlives both. */
export class DosingUnitFixture {
  readonly clock: VirtualClock;
  readonly relays: FakeRelayBank;
  readonly bugs: unknown[] = [];
  readonly #chip = new FakeMb85rc256v();
  readonly #blobs = new Map<string, Uint8Array>();
  readonly #link: AgentLink;
  readonly #database = join(mkdtempSync(join(tmpdir(), 'perista-dosing-unit-')), 'perista.sqlite');
  #agent: Life | null = null;
  #controller: { readonly life: Life; readonly unit: Unit; readonly store: NodeSqliteStore } | null = null;
  #runs = 0;

  constructor(wallMs: number) {
    this.clock = new VirtualClock({ wallMs, settle: () => new Promise((resolve) => setImmediate(resolve)) });
    this.relays = new FakeRelayBank(this.clock);
    this.#link = new AgentLink(this.clock, seededRandom(1), () => {});
  }

  get services() {
    if (this.#controller === null) throw new Error('no controller runs');
    return this.#controller.unit.services;
  }

  async startAgent(): Promise<void> {
    const life = this.#birth();
    this.#agent = life;
    const { relays } = this;
    await this.clock.until(
      startAgent({
        clock: processClock(this.clock, life, { originMs: 1_000 * this.#runs, drift: 0 }),
        random: seededRandom(this.#runs),
        log: silentLog,
        version: 'test',
        storage: new MemoryJournalStorage(this.#blobs),
        openLine: () => undefined,
        openRelays: () => ({
          channels: relays.channels,
          set: (channel, forMs) => life.act(() => relays.set(channel, forMs)),
          close: async () => {},
        }),
        openFram: async () => this.#bus(),
        openFrames: () => this.#link.openAgentEnd(life),
        onBroken: (bug) => this.bugs.push(bug),
      }),
    );
  }

  /** Starts the controller and lets it meet the agent. */
  async startController(): Promise<void> {
    const life = this.#birth();
    const store = new NodeSqliteStore(this.#database);
    const unit = startUnit({
      clock: processClock(this.clock, life, { originMs: 1_000 * this.#runs, drift: 0 }),
      random: seededRandom(this.#runs),
      log: silentLog,
      store,
      openFrames: () => this.#link.openControllerEnd(life),
      version: 'test',
      firstPumps: FIRST_PUMPS,
      channelCount: 6,
      emulated: true,
      timeSource: { bootId: 'test', isSynchronised: () => true },
      site: { timezone: 'Europe/Warsaw', doserId: 'doser' },
    });
    this.#controller = { life, unit, store };
    await this.clock.advance(3_000);
  }

  killAgent(): void {
    this.#agent?.end();
  }

  killController(): void {
    this.#controller?.life.end();
    this.#controller?.store.close();
    this.#controller = null;
  }

  /** Call it while no controller runs. */
  deleteDatabase(): void {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${this.#database}${suffix}`, { force: true });
  }

  /** What a reader of the chip finds of a channel, from 1, through the codec. */
  async readImage(channel: number) {
    const image = await openFramImage(this.#bus());
    const [system, config, volume] = [image.system, image.channels[channel - 1], image.dailyVolumes[channel - 1]];
    if (config === undefined || volume === undefined) throw new Error(`no channel ${channel}`);
    const [one, two, three] = [await system.load(), await config.load(), await volume.load()];
    if (one.kind !== 'kept' || two.kind !== 'kept' || three.kind !== 'kept') {
      throw new Error(`the image holds ${JSON.stringify([one, two, three])}`);
    }
    return { system: one.value, config: two.value, volume: three.value };
  }

  #bus() {
    return mb85rc256v(fakeI2cBus({ [FRAM]: this.#chip }), FRAM);
  }

  #birth(): Life {
    this.#runs++;
    return new Life((thrown) => this.bugs.push(thrown));
  }
}
