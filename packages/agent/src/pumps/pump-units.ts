import { assert, type DoseFailure, PeristaError, type StopWish } from '@perista/core';
import type { DoseRunner } from '../dose-runner.ts';
import type { AgentJournal } from '../journal/agent-journal.ts';
import type { StopProof } from '../safety/stop-until-proven.ts';
import { waitAtMost } from '../safety/wait-at-most.ts';
import { isSameSetup, type PumpSetup, type UnitSetup } from './pump-setup.ts';
import { BOARD_WAIT_MS, PumpUnit, type UnitWorld } from './pump-unit.ts';
import { settleOpenDoses } from './settle-open-doses.ts';

const JOURNAL_DAMAGED: DoseFailure = {
  code: 'E302',
  message: 'Both copies of a journal record are damaged; the pump stays disabled until its fault is cleared',
};

/** All pumps of the unit, as configured. */
export class PumpUnits {
  readonly #journal: AgentJournal;
  readonly #world: UnitWorld;
  #units = new Map<string, PumpUnit>();
  #isChanging = false;

  constructor(journal: AgentJournal, world: UnitWorld) {
    this.#journal = journal;
    this.#world = world;
  }

  get all(): PumpUnit[] {
    return [...this.#units.values()];
  }

  /** Whether a new configuration is on its way into force, or the agent ends: no dose may begin then. */
  get isChanging(): boolean {
    return this.#isChanging;
  }

  /** Of the configuration in force; empty if there is none. */
  get configHash(): string {
    return this.#journal.setup.value.hash;
  }

  find(pumpId: string): PumpUnit | undefined {
    return this.#units.get(pumpId);
  }

  runningDose(doseId: string): DoseRunner | undefined {
    return this.all.find((unit) => unit.dose?.order.doseId === doseId)?.dose ?? undefined;
  }

  /** Makes the pumps of the stored configuration and their boards safe; resolves when all are or the wait is over. */
  async boot(): Promise<void> {
    await this.#bringUp(this.#journal.setup.value.pumps);
  }

  /**
   * Brings a configuration into force: first durable, then pumps that differ are stopped, closed and made anew.
   * What they left unsettled is settled without their board, for it may be another one now.
   * @throws PeristaError E406 while a dose runs, E303
   */
  async apply(setup: UnitSetup): Promise<void> {
    if (this.#isChanging || this.all.some((unit) => unit.dose !== null)) {
      throw new PeristaError('E406', 'The configuration cannot change while a dose runs');
    }
    this.#isChanging = true;
    try {
      await this.#journal.setup.save(setup);
      const kept = (unit: PumpUnit) => setup.pumps.some((pump) => isSameSetup(pump, unit.setup));
      const gone = this.all.filter((unit) => !kept(unit));
      for (const unit of gone) this.#units.delete(unit.pumpId);
      await Promise.all(gone.map((unit) => this.#retire(unit)));
      await this.#settleStrays(setup);
      await this.#bringUp(setup.pumps.filter((pump) => !this.#units.has(pump.pumpId)));
    } finally {
      this.#isChanging = false;
    }
  }

  /** Sends stop to every board at once; what was seen of each. */
  async stopAll(wish: StopWish): Promise<Map<string, StopProof | null>> {
    const stops = this.all.map(async (unit) => [unit.pumpId, await unit.stop(wish)] as const);
    return new Map(await Promise.all(stops));
  }

  /** Lets no dose begin any more, stops all and resolves when their doses are recorded. */
  async rest(): Promise<void> {
    this.#isChanging = true;
    const doses = this.all.map((unit) => unit.dose?.over);
    await this.stopAll({ cause: 'stop', failure: null });
    await Promise.all(doses);
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((unit) => unit.close()));
  }

  async #bringUp(setups: readonly PumpSetup[]): Promise<void> {
    const fresh = setups.map((setup) => new PumpUnit(setup, this.#world, this.#damageOf(setup.pumpId)));
    for (const unit of fresh) {
      assert(!this.#units.has(unit.pumpId), 'a pump exists once');
      this.#units.set(unit.pumpId, unit);
    }
    await waitAtMost(this.#world.clock, BOARD_WAIT_MS, Promise.all(fresh.map((unit) => unit.bringUp())));
  }

  async #retire(unit: PumpUnit): Promise<void> {
    await unit.stop({ cause: 'stop', failure: null });
    await unit.close();
    await settleOpenDoses(this.#journal.doses, unit.pumpId, null, this.#world.clock.wallMs());
  }

  /** Settles doses of pumps that the unit does not have any more. */
  async #settleStrays(setup: UnitSetup): Promise<void> {
    const pumpIds = new Set(this.#journal.doses.openDoses().map(({ start }) => start.pumpId));
    for (const pumpId of pumpIds) {
      if (setup.pumps.some((pump) => pump.pumpId === pumpId)) continue;
      await settleOpenDoses(this.#journal.doses, pumpId, null, this.#world.clock.wallMs());
    }
  }

  #damageOf(pumpId: string): DoseFailure | null {
    const { doses, epoch } = this.#journal;
    return doses.hasDamage(pumpId) || epoch.isDamaged ? JOURNAL_DAMAGED : null;
  }
}
