import type { Dose } from '@perista/protocol/api';
import { FakeFailingStore } from '../../store/fake-failing-store.ts';
import type { Store } from '../../store/store.ts';
import { firstPump, UnitFixture } from '../../unit-fixture.ts';
import { FIRST_LIMITS, PUMPS } from './ledger-model.ts';

/** The unit under test on a disk that can fail, with what a person can see of it. */
export class RealLedger {
  readonly unit: UnitFixture;
  readonly #disks: FakeFailingStore[] = [];

  constructor() {
    const pump = { limits: FIRST_LIMITS, mutex_group: 'g' };
    const wrapStore = (store: Store) => {
      const disk = new FakeFailingStore(store);
      this.#disks.push(disk);
      return disk;
    };
    this.unit = new UnitFixture({ firstPumps: PUMPS.map((id) => firstPump(id, pump)), wrapStore });
  }

  get disk(): FakeFailingStore {
    const disk = this.#disks.at(-1);
    if (disk === undefined) throw new Error('the unit was not started');
    return disk;
  }

  doses(): Dose[] {
    return this.unit.services.doses.list({ limit: 500 }).items;
  }

  /** Volume that the pump truly gave in doses that ended at most `windowMs` ago, and in the one that it gives now. */
  givenMl(pumpId: string, windowMs: number): number {
    const { agent, clock } = this.unit;
    const since = clock.monotonicMs() - windowMs;
    const ended = agent.ends.filter((end) => end.pumpId === pumpId && end.endMs > since).map(({ doseId }) => doseId);
    const running = agent.running.filter((doseId) => this.unit.services.doses.get(doseId).pump_id === pumpId);
    return [...ended, ...running].reduce((sum, doseId) => sum + agent.givenUntilNowMl(doseId), 0);
  }

  async crash(awayMs: number): Promise<void> {
    this.unit.crash();
    await this.unit.clock.advance(awayMs);
    await this.unit.boot();
  }

  /** A process whose disk has died is dead too, and is started again. */
  async raiseIfDead(): Promise<void> {
    if (this.disk.isDead) await this.crash(200);
  }
}
