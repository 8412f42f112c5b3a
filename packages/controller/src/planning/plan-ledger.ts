import { assert, type ChargedVolumes } from '@perista/core';
import type { ContainerRecord } from '../containers/container-row.ts';
import type { JudgingPorts, WaitingDose } from '../dosing/admission.ts';
import type { Charge } from '../ledger/dose-store.ts';
import { DAY_MS, HOUR_MS, WEEK_MS } from '../ledger/durations.ts';
import type { PumpRecord } from '../pumps/pump-row.ts';

/** A dose that is not over, as the books suppose it. */
export interface SupposedDose extends WaitingDose {
  /** Its pump's, or that of the group of which one pump runs at a time. */
  readonly mutex: string;
  readonly containerId: string;
  /** It may be under way. */
  isSent: boolean;
}

/** How the books stand when a preview begins. */
export interface Books {
  readonly pumps: readonly PumpRecord[];
  readonly containers: readonly ContainerRecord[];
  /** The oldest first. */
  readonly charges: readonly Charge[];
}

/** As the ledger groups them. */
export const mutexOf = ({ mutexGroup, pumpId }: Pick<PumpRecord, 'mutexGroup' | 'pumpId'>): string =>
  mutexGroup ?? `pump:${pumpId}`;

/** What doses would leave in the books: charges, levels and open doses, without a row being written. Each dose gives what was planned. */
export class PlanLedger implements Pick<JudgingPorts, 'doses' | 'containers'> {
  readonly doses = this;
  readonly containers = this;
  readonly #mutexes: ReadonlyMap<string, string>;
  readonly #levels: Map<string, ContainerRecord>;
  readonly #charges = new Map<string, Charge[]>();
  readonly #open = new Map<string, SupposedDose>();

  constructor({ pumps, containers, charges }: Books) {
    this.#mutexes = new Map(pumps.map((pump) => [pump.pumpId, mutexOf(pump)]));
    this.#levels = new Map(containers.map((container) => [container.containerId, container]));
    for (const charge of charges) this.#charge(charge);
  }

  /** In the order of their acceptance. */
  get open(): Iterable<SupposedDose> {
    return this.#open.values();
  }

  accept(dose: SupposedDose): void {
    this.#open.set(dose.dose_id, dose);
  }

  /** It has given all that was planned, `chargedAtMs` on the charge clock. */
  settle({ dose_id, pump_id, planned_hi_ml, direction, containerId }: SupposedDose, chargedAtMs: number): void {
    this.#open.delete(dose_id);
    this.#charge({ pumpId: pump_id, atMs: Math.ceil(chargedAtMs), ml: planned_hi_ml });
    if (direction === 'reverse') return;
    const container = this.get(containerId);
    this.#levels.set(containerId, { ...container, levelMl: Math.max(0, container.levelMl - planned_hi_ml) });
  }

  /** It ends without having moved. */
  drop({ dose_id }: SupposedDose): void {
    this.#open.delete(dose_id);
  }

  get(containerId: string): ContainerRecord {
    const container = this.#levels.get(containerId);
    assert(container !== undefined, 'each pump has a container');
    return container;
  }

  countOpenInGroupOf(pumpId: string): number {
    const mutex = this.#mutexes.get(pumpId);
    return this.#count((dose) => (dose.mutex === mutex ? 1 : 0));
  }

  charged(pumpId: string, chargeNowMs: number): ChargedVolumes {
    const openMl = this.#count((dose) => (dose.pump_id === pumpId ? dose.planned_hi_ml : 0));
    const { hourMl, dayMl, weekMl } = this.dosed(pumpId, chargeNowMs);
    return { hourMl: hourMl + openMl, dayMl: dayMl + openMl, weekMl: weekMl + openMl };
  }

  dosed(pumpId: string, chargeNowMs: number): ChargedVolumes {
    const nowMs = Math.floor(chargeNowMs);
    const sums = { hourMl: 0, dayMl: 0, weekMl: 0 };
    const charges = this.#charges.get(pumpId) ?? [];
    const past = charges.findIndex(({ atMs }) => atMs > nowMs - WEEK_MS);
    charges.splice(0, past < 0 ? charges.length : past);
    for (const { atMs, ml } of charges) {
      sums.weekMl += ml;
      if (atMs > nowMs - DAY_MS) sums.dayMl += ml;
      if (atMs > nowMs - HOUR_MS) sums.hourMl += ml;
    }
    return sums;
  }

  openDrawMl(containerId: string): number {
    return this.#count((dose) => drawOf(dose, containerId));
  }

  sentDrawMl(containerId: string, doseId: string | null): number {
    return this.#count((dose) => (dose.isSent && dose.dose_id !== doseId ? drawOf(dose, containerId) : 0));
  }

  #charge(charge: Charge): void {
    const charges = this.#charges.get(charge.pumpId);
    if (charges === undefined) this.#charges.set(charge.pumpId, [charge]);
    else charges.push(charge);
  }

  #count(of: (dose: SupposedDose) => number): number {
    let sum = 0;
    for (const dose of this.#open.values()) sum += of(dose);
    return sum;
  }
}

const drawOf = ({ containerId, direction, planned_hi_ml }: SupposedDose, from: string): number =>
  containerId === from && direction === 'forward' ? planned_hi_ml : 0;
