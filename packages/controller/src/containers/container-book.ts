import { type ContainerCondition, type Deviation, defaultMarks, deviationOf, nextCondition } from '@perista/core';
import type { EventLog, NewLogEvent } from '../services.ts';
import type { ContainerEntryStore } from './container-entry-store.ts';
import { type ContainerRecord, containerEntry, type StoredEntry } from './container-row.ts';
import type { ContainerStore } from './container-store.ts';

export interface ContainerBookPorts {
  readonly containers: ContainerStore;
  readonly entries: ContainerEntryStore;
  readonly events: Pick<EventLog, 'append'>;
}

export interface NewContainerRecord {
  readonly containerId: string;
  readonly product: string;
  readonly capacityMl: number;
  readonly levelMl: number;
  readonly lowMl?: number;
  readonly emptyMl?: number;
}

/** A dose that has ended, as the ledger has it. */
export interface Draw {
  readonly pumpId: string;
  readonly doseId: string;
  readonly actor: string;
  readonly loMl: number;
  readonly hiMl: number;
}

/** What a person did with a container: measured what was left, added to it, or both. */
export interface Refill {
  readonly containerId: string;
  readonly actor: string;
  readonly restMl: number | null;
  readonly addedMl: number;
  /** It is full to the brim now, whatever the book says. */
  readonly isFull: boolean;
  readonly key: string | null;
  readonly request: string;
}

/**
 * Books what goes into containers and out of them; every method joins the caller's transaction. A level is the one before,
 * less the top of the range of each dose, plus what somebody added: it is raised by people only: by a refill, or by what they measured of a dose. No dose ends in the
 * ledger without being drawn here.
 */
export class ContainerBook {
  readonly #ports: ContainerBookPorts;

  constructor(ports: ContainerBookPorts) {
    this.#ports = ports;
  }

  open({ levelMl, ...input }: NewContainerRecord, actor: string, nowMs: number): void {
    const { containers, entries } = this.#ports;
    const marks = { ...defaultMarks(input.capacityMl), ...input };
    const condition = nextCondition('ok', levelMl, marks, 0);
    containers.insert({ ...marks, levelMl, condition, createdAtMs: nowMs });
    const { containerId } = input;
    entries.append(
      containerEntry({ containerId, kind: 'opened', atMs: nowMs, actor, beforeMl: 0, levelMl, isKnown: true }),
    );
  }

  draw({ pumpId, doseId, actor, loMl, hiMl }: Draw, nowMs: number): void {
    const { containers, entries } = this.#ports;
    const { containerId, levelMl: beforeMl } = containers.ofPump(pumpId);
    const levelMl = Math.max(0, beforeMl - hiMl);
    entries.append(
      containerEntry({
        ...{ containerId, kind: 'draw', atMs: nowMs, actor, beforeMl, levelMl },
        ...{ doseId, drawnLoMl: loMl, drawnHiMl: hiMl },
      }),
    );
    this.judge(containerId, { pump_id: pumpId, dose_id: doseId });
  }

  /**
   * A dose that was booked with `was` gave `now`, as somebody has measured. Where its container was seen by a person since,
   * or is another one, there is nothing to correct.
   */
  correctDraw(now: Draw, was: Pick<Draw, 'loMl' | 'hiMl'>, nowMs: number): void {
    const { containers, entries } = this.#ports;
    const { containerId, levelMl, capacityMl } = containers.ofPump(now.pumpId);
    const drawn = entries.drawSinceKnown(containerId, now.doseId);
    if (drawn === undefined) return;
    const leftBy = (hiMl: number) => Math.max(0, drawn.beforeMl - hiMl);
    const correctedMl = levelMl + leftBy(now.hiMl) - leftBy(was.hiMl);
    entries.append(
      containerEntry({
        ...{ containerId, kind: 'draw', atMs: nowMs, actor: now.actor, beforeMl: levelMl },
        levelMl: Math.max(0, Math.min(capacityMl, correctedMl)),
        ...{ drawnLoMl: now.loMl - was.loMl, drawnHiMl: now.hiMl - was.hiMl },
      }),
    );
    this.judge(containerId, { pump_id: now.pumpId, dose_id: now.doseId });
  }

  refill(refill: Refill, nowMs: number): StoredEntry {
    const { containers, entries } = this.#ports;
    const { containerId, actor, restMl, addedMl, isFull, key, request } = refill;
    const { levelMl: beforeMl, capacityMl } = containers.get(containerId);
    // Whoever adds more than fits was refused: what is cut here is rounding.
    const levelMl = isFull ? capacityMl : Math.min(capacityMl, (restMl ?? beforeMl) + addedMl);
    const deviation = restMl === null ? null : this.#deviation(containerId, restMl);
    const entry = entries.append(
      containerEntry({
        ...{ containerId, kind: 'refill', atMs: nowMs, actor, beforeMl, restMl, levelMl, deviation, key, request },
        addedMl: isFull ? Math.max(0, capacityMl - (restMl ?? beforeMl)) : addedMl,
        isKnown: isFull || restMl !== null,
      }),
    );
    this.#tell(entry, beforeMl);
    this.judge(containerId, { actor });
    return entry;
  }

  /** Looks whether it is low or empty now, and tells if that is new. Call it when its level, marks or pumps have changed. */
  judge(containerId: string, about: Pick<NewLogEvent, 'pump_id' | 'dose_id' | 'actor'> = {}): void {
    const { containers, events } = this.#ports;
    const container = containers.find(containerId);
    if (container === undefined) return;
    const now = nextCondition(container.condition, container.levelMl, container, containers.leastDoseMl(containerId));
    if (now === container.condition) return;
    containers.setCondition(containerId, now);
    if (!isWorse(now, container.condition)) return;
    const pumps = containers.pumpsOf(containerId);
    events.append({
      kind: `container_${now}`,
      severity: now === 'empty' ? 'alarm' : 'warning',
      pump_id: pumps[0] ?? null,
      ...about,
      data: { container_id: containerId, ...figuresOf(container), pumps },
    });
  }

  #deviation(containerId: string, restMl: number): Deviation {
    return deviationOf(this.#ports.entries.bookingsSinceKnown(containerId), restMl);
  }

  #tell({ containerId, actor, restMl, addedMl, levelMl, deviation }: StoredEntry, bookedMl: number): void {
    const { containers, events } = this.#ports;
    const pumps = containers.pumpsOf(containerId);
    events.append({
      kind: addedMl > 0 ? 'container_refilled' : 'container_measured',
      pump_id: pumps[0] ?? null,
      actor,
      data: {
        container_id: containerId,
        added_ml: addedMl,
        booked_ml: bookedMl,
        rest_ml: restMl,
        level_ml: levelMl,
        error_ml: deviation?.errorMl ?? null,
        error_pct: deviation?.errorPct ?? null,
        pumps,
      },
    });
  }
}

const SEVERITY_OF: Readonly<Record<ContainerCondition, number>> = { ok: 0, low: 1, empty: 2 };
const isWorse = (now: ContainerCondition, was: ContainerCondition) => SEVERITY_OF[now] > SEVERITY_OF[was];

const figuresOf = ({ product, levelMl, capacityMl, lowMl, emptyMl }: ContainerRecord) => ({
  product,
  level_ml: levelMl,
  capacity_ml: capacityMl,
  low_ml: lowMl,
  empty_ml: emptyMl,
});
