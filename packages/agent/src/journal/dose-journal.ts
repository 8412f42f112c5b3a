import { assert, isPlausible, type Log } from '@perista/core';
import {
  type DoseEnd,
  type DoseStart,
  type EndedDose,
  isEnded,
  type JournalledDose,
  type JournalledTick,
} from './dose-record.ts';
import { DurableCell } from './durable-cell.ts';
import type { JournalStorage } from './journal-storage.ts';
import { prunableDoses } from './retention.ts';
import { TickRing } from './tick-ring.ts';

interface Entry {
  readonly cell: DurableCell;
  dose: JournalledDose;
}

/** A record that cannot be read: which dose and pump it was stands in its name. */
interface DamagedDose {
  readonly pumpId: string;
  readonly cell: DurableCell;
}

/** A dose and its pump as the names of its blobs give them; `aside` once a person has dealt with the damage. */
interface BlobOwner {
  readonly pumpId: string;
  readonly doseId: string;
  readonly aside: boolean;
}

const DOSE_BLOB = /^(damaged\.)?dose\.([A-Za-z0-9_-]+)\.(.+)\.[ab]$/;
const LOADED_AT_ONCE = 32;
const PRUNE_PERIOD_MS = 3_600_000;

/**
 * What the agent remembers of doses: one record per dose, first with START and later with END, and a ring of ticks per
 * pump. A dose id that was ever journalled stays known until its controller has settled it and retention lets it go.
 */
export class DoseJournal {
  readonly #storage: JournalStorage;
  readonly #entries = new Map<string, Entry>();
  readonly #damaged = new Map<string, DamagedDose>();
  readonly #setAside = new Set<string>();
  readonly #unconfirmed = new Map<string, EndedDose>();
  readonly #rings = new Map<string, TickRing>();
  readonly #lastTicks = new Map<string, JournalledTick>();
  /** Pumps whose open dose may have had a tick, or a newer one, that cannot be read any more. */
  readonly #lostTicks = new Set<string>();
  /** The START of each pump that is not surely durable, and of which nothing moved. */
  readonly #unmoved = new Map<string, DurableCell>();
  #prunedAtWallMs = Number.NEGATIVE_INFINITY;

  private constructor(storage: JournalStorage) {
    this.#storage = storage;
  }

  static async load(storage: JournalStorage, log: Log): Promise<DoseJournal> {
    const journal = new DoseJournal(storage);
    const owners = blobOwners(await storage.list());
    for (let next = 0; next < owners.length; next += LOADED_AT_ONCE) {
      await Promise.all(owners.slice(next, next + LOADED_AT_ONCE).map((owner) => journal.#loadDose(owner, log)));
    }
    for (const { start } of journal.openDoses()) await journal.#loadTick(start);
    return journal;
  }

  async #loadDose({ pumpId, doseId, aside }: BlobOwner, log: Log): Promise<void> {
    if (aside) {
      this.#setAside.add(doseId);
      return;
    }
    const cell = this.#cellOf(pumpId, doseId);
    const content = await cell.load();
    if (content.kind === 'empty') return;
    if (content.kind === 'damaged' || !isRecordOf(content.payload, pumpId, doseId)) {
      log.error({ doseId, pumpId, code: 'E302' }, 'both copies of a dose record are damaged');
      this.#damaged.set(doseId, { pumpId, cell });
      return;
    }
    const dose = content.payload;
    this.#entries.set(doseId, { cell, dose });
    if (isEnded(dose) && !dose.confirmed) this.#unconfirmed.set(doseId, dose);
  }

  async #loadTick({ doseId, pumpId }: DoseStart): Promise<void> {
    const ring = this.#ringOf(pumpId);
    const tick = await ring.newestOf(doseId);
    if (tick !== null) this.#lastTicks.set(pumpId, tick);
    if (ring.hasDamage) this.#lostTicks.add(pumpId);
  }

  find(doseId: string): JournalledDose | undefined {
    return this.#entries.get(doseId)?.dose;
  }

  /** Whether the dose was journalled and its record was lost: it may have moved, up to its cap. */
  isDamaged(doseId: string): boolean {
    return this.#damaged.has(doseId) || this.#setAside.has(doseId);
  }

  /** Whether the pump has damaged records that nobody has dealt with. */
  hasDamage(pumpId: string): boolean {
    return [...this.#damaged.values()].some((damaged) => damaged.pumpId === pumpId);
  }

  /** Doses that have a START and no END. */
  openDoses(): JournalledDose[] {
    return this.#doses().filter((dose) => !isEnded(dose));
  }

  /** Ended doses that the controller has not settled yet, the oldest first. */
  unconfirmed(): EndedDose[] {
    return [...this.#unconfirmed.values()].sort((one, other) => one.end.endedAtWallMs - other.end.endedAtWallMs);
  }

  /**
   * Doses that ended in the last `withinMs` by the wall clock, or may have, for it showed a year that nobody can mean; and
   * those that the controller has not settled.
   */
  endedWithin(withinMs: number, nowWallMs: number): EndedDose[] {
    const sinceMs = nowWallMs - withinMs;
    return this.#doses()
      .filter(isEnded)
      .filter(
        ({ start: { doseId }, end: { endedAtWallMs } }) =>
          endedAtWallMs >= sinceMs || !isPlausible(endedAtWallMs) || this.#unconfirmed.has(doseId),
      );
  }

  /** When the last dose ended by a wall clock that one could believe, ms since 1970; 0 if none did. */
  lastEndMs(): number {
    const ends = this.#doses().filter(isEnded);
    return Math.max(0, ...ends.map(({ end }) => end.endedAtWallMs).filter(isPlausible));
  }

  /** The highest epoch that any dose was ordered under. */
  highestEpoch(): bigint {
    return this.#doses().reduce((highest, { start }) => {
      const epoch = BigInt(start.epoch);
      return epoch > highest ? epoch : highest;
    }, 0n);
  }

  /** The last durable tick of an open dose, or null if it never ticked. */
  lastTick({ doseId, pumpId }: DoseStart): JournalledTick | null {
    const tick = this.#lastTicks.get(pumpId);
    return tick?.doseId === doseId ? tick : null;
  }

  /** Whether an open dose may have had a newer tick than its last, and so may have moved further. */
  mayHaveTicked({ pumpId }: DoseStart): boolean {
    return this.#lostTicks.has(pumpId);
  }

  /**
   * Makes START durable, verified by reading it back: only then may the shaft turn. One that failed may still be durable:
   * it has to go before the pump turns for another dose, or that would be taken for its motion. @throws PeristaError E303
   */
  async start(start: DoseStart): Promise<void> {
    assert(!this.#entries.has(start.doseId), 'a dose id is journalled once');
    await this.#unmoved.get(start.pumpId)?.remove();
    const cell = this.#cellOf(start.pumpId, start.doseId);
    this.#unmoved.set(start.pumpId, cell);
    const dose = { start, end: null, confirmed: false };
    await cell.save(dose);
    this.#unmoved.delete(start.pumpId);
    this.#entries.set(start.doseId, { cell, dose });
  }

  /** Makes a tick of an open dose durable. @throws PeristaError E303 */
  async tick(pumpId: string, tick: JournalledTick): Promise<void> {
    await this.#ringOf(pumpId).append(tick);
    this.#lastTicks.set(pumpId, tick);
  }

  /** Makes END durable. @throws PeristaError E303 */
  async end(doseId: string, end: DoseEnd): Promise<EndedDose> {
    const entry = this.#entry(doseId);
    assert(!isEnded(entry.dose), 'a dose ends once');
    const ended = { ...entry.dose, end };
    await entry.cell.save(ended);
    entry.dose = ended;
    this.#unconfirmed.set(doseId, ended);
    return ended;
  }

  /** Notes that the controller has settled these doses, and drops what retention no longer asks for. */
  async confirm(doseIds: readonly string[], nowWallMs: number): Promise<void> {
    for (const doseId of doseIds) {
      const entry = this.#entries.get(doseId);
      if (entry === undefined || !isEnded(entry.dose) || entry.dose.confirmed) continue;
      const confirmed = { ...entry.dose, confirmed: true };
      await entry.cell.save(confirmed);
      entry.dose = confirmed;
      this.#unconfirmed.delete(doseId);
    }
    await this.#prune(nowWallMs);
  }

  /** A person has dealt with the pump's damaged records: they are put aside. */
  async quarantine(pumpId: string): Promise<void> {
    for (const [doseId, damaged] of this.#damaged) {
      if (damaged.pumpId !== pumpId) continue;
      await damaged.cell.quarantine();
      this.#damaged.delete(doseId);
      this.#setAside.add(doseId);
    }
  }

  async #prune(nowWallMs: number): Promise<void> {
    if (Math.abs(nowWallMs - this.#prunedAtWallMs) < PRUNE_PERIOD_MS) return;
    this.#prunedAtWallMs = nowWallMs;
    for (const { start } of prunableDoses(this.#doses().filter(isEnded), nowWallMs)) {
      const { cell } = this.#entry(start.doseId);
      this.#entries.delete(start.doseId);
      await cell.remove();
    }
  }

  #doses(): JournalledDose[] {
    return Array.from(this.#entries.values(), (entry) => entry.dose);
  }

  #entry(doseId: string): Entry {
    const entry = this.#entries.get(doseId);
    assert(entry !== undefined, 'only a journalled dose is written on');
    return entry;
  }

  #cellOf(pumpId: string, doseId: string): DurableCell {
    return new DurableCell(this.#storage, `dose.${pumpId}.${doseId}`);
  }

  #ringOf(pumpId: string): TickRing {
    const ring = this.#rings.get(pumpId) ?? new TickRing(this.#storage, pumpId);
    this.#rings.set(pumpId, ring);
    return ring;
  }
}

function isRecordOf(payload: unknown, pumpId: string, doseId: string): payload is JournalledDose {
  const start = (payload as Partial<JournalledDose> | null)?.start;
  return start?.doseId === doseId && start.pumpId === pumpId;
}

function blobOwners(names: readonly string[]): BlobOwner[] {
  const owners = names.map((name): [string, BlobOwner] | null => {
    const [, aside, pumpId, doseId] = DOSE_BLOB.exec(name) ?? [];
    if (pumpId === undefined || doseId === undefined) return null;
    return [name.slice(0, -'.a'.length), { pumpId, doseId, aside: aside !== undefined }];
  });
  return [...new Map(owners.filter((owner) => owner !== null)).values()];
}
