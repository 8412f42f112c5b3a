import { type Clock, defaultMarks, PeristaError } from '@perista/core';
import type {
  Container,
  ContainerLevels,
  ContainerPatch,
  NewContainer,
  Refill,
  RefillQuery,
  RefillRequest,
} from '@perista/protocol/api';
import type { DoseStore } from '../ledger/dose-store.ts';
import { DAY_MS } from '../ledger/durations.ts';
import { pageOf } from '../ledger/paging.ts';
import type { PumpStore } from '../pumps/pump-store.ts';
import type { Actor, Containers, EventLog, PageOf } from '../services.ts';
import type { Store } from '../store/store.ts';
import type { ContainerBook } from './container-book.ts';
import type { ContainerEntryStore } from './container-entry-store.ts';
import type { ContainerForecasts } from './container-forecasts.ts';
import type { ContainerRecord } from './container-row.ts';
import { assertFits, assertMarksFit } from './container-rules.ts';
import type { ContainerStore } from './container-store.ts';
import { containerView, refillView, thinned } from './container-view.ts';

export interface ContainerServicePorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly containers: ContainerStore;
  readonly entries: ContainerEntryStore;
  readonly book: ContainerBook;
  readonly forecasts: ContainerForecasts;
  readonly pumps: Pick<PumpStore, 'get'>;
  readonly doses: Pick<DoseStore, 'openOfPump'>;
  readonly events: Pick<EventLog, 'append'>;
}

/** Containers as people handle them: made, changed, measured, filled up. */
export class ContainerService implements Containers {
  readonly #ports: ContainerServicePorts;

  constructor(ports: ContainerServicePorts) {
    this.#ports = ports;
  }

  list(): Container[] {
    return this.#ports.containers.list().map((container) => this.#view(container));
  }

  get(containerId: string): Container {
    return this.#view(this.#ports.containers.get(containerId));
  }

  create(input: NewContainer, actor: Actor): Container {
    const { id, product = id, capacity_ml: capacityMl, level_ml: levelMl, low_ml, empty_ml, pumps = [] } = input;
    const usual = defaultMarks(capacityMl);
    const marks = { capacityMl, lowMl: low_ml ?? usual.lowMl, emptyMl: empty_ml ?? usual.emptyMl };
    assertMarksFit({ ...marks, levelMl }, 'level_ml');
    this.#change(() => {
      const { containers, book, clock, events } = this.#ports;
      if (containers.wasUsed(id)) {
        throw new PeristaError(
          'E406',
          `The id "${id}" belongs to a container that exists or existed; choose another one`,
        );
      }
      book.open({ containerId: id, product, levelMl, ...marks }, actor.name, clock.wallMs());
      this.#movePumps(id, pumps);
      book.judge(id, { actor: actor.name });
      const data = { container_id: id, after: { ...settingsOf(containers.get(id)), pumps } };
      events.append({ kind: 'container_created', actor: actor.name, data });
    });
    return this.get(id);
  }

  update(containerId: string, patch: ContainerPatch, actor: Actor): Container {
    this.#change(() => {
      const { containers, book, events } = this.#ports;
      const container = containers.get(containerId);
      const next = {
        ...container,
        product: patch.product ?? container.product,
        capacityMl: patch.capacity_ml ?? container.capacityMl,
        lowMl: patch.low_ml ?? container.lowMl,
        emptyMl: patch.empty_ml ?? container.emptyMl,
      };
      assertMarksFit(next, 'capacity_ml');
      const before = { ...settingsOf(container), pumps: containers.pumpsOf(containerId) };
      containers.update(next);
      if (patch.pumps !== undefined) this.#setPumps(containerId, patch.pumps);
      const after = { ...settingsOf(next), pumps: containers.pumpsOf(containerId) };
      if (JSON.stringify(before) === JSON.stringify(after)) return;
      events.append({
        kind: 'container_changed',
        actor: actor.name,
        data: { container_id: containerId, before, after },
      });
      book.judge(containerId, { actor: actor.name });
    });
    return this.get(containerId);
  }

  remove(containerId: string, actor: Actor): void {
    this.#change(() => {
      const { containers, clock, events } = this.#ports;
      const container = containers.get(containerId);
      const pumps = containers.pumpsOf(containerId);
      if (pumps.length > 0) {
        throw new PeristaError(
          'E406',
          `Container "${containerId}" cannot be removed while ${pumps.join(', ')} draw from it; give them another one first`,
        );
      }
      containers.markRemoved(containerId, clock.wallMs());
      const data = { container_id: containerId, before: settingsOf(container), level_ml: container.levelMl };
      events.append({ kind: 'container_removed', actor: actor.name, data });
    });
  }

  refill(containerId: string, request: RefillRequest, actor: Actor, key?: string): Refill {
    const spelling = JSON.stringify([request.rest_ml ?? null, request.added_ml ?? null, request.full ?? false]);
    const scopedKey = key === undefined ? null : JSON.stringify([actor.keyScope ?? actor.name, containerId, key]);
    return this.#change(() => {
      const { containers, entries, book, clock } = this.#ports;
      const container = containers.get(containerId);
      const stored = scopedKey === null ? undefined : entries.refillByKey(scopedKey);
      if (stored !== undefined && stored.request !== spelling) {
        throw new PeristaError('E407', `This key belongs to refill ${stored.seq}, which was entered with another body`);
      }
      if (stored !== undefined) return refillView(stored);
      assertFits(request, container);
      if (request.rest_ml !== undefined) this.#refuseWhileDrawing(containerId);
      const entry = book.refill(
        {
          containerId,
          actor: actor.name,
          restMl: request.rest_ml ?? null,
          addedMl: request.added_ml ?? 0,
          isFull: request.full ?? false,
          key: scopedKey,
          request: spelling,
        },
        clock.wallMs(),
      );
      return refillView(entry);
    });
  }

  refills(containerId: string, query: RefillQuery): PageOf<Refill> {
    const { containers, entries } = this.#ports;
    containers.get(containerId);
    return pageOf(entries.refills(containerId, query), query, refillView);
  }

  levels(containerId: string, days: number): ContainerLevels {
    const { clock, containers, entries, forecasts } = this.#ports;
    const container = containers.get(containerId);
    const nowMs = clock.wallMs();
    const fromMs = nowMs - days * DAY_MS;
    const booked = entries
      .entriesSince(containerId, fromMs)
      .map(({ atMs, levelMl }) => ({ atMs: Math.max(fromMs, atMs), levelMl }));
    const past = [...booked, { atMs: nowMs, levelMl: container.levelMl }];
    return { container_id: containerId, past: thinned(past), forecast: thinned(forecasts.of(container).levels) };
  }

  #view(container: ContainerRecord): Container {
    const { containers, forecasts } = this.#ports;
    const { containerId } = container;
    return containerView(container, {
      pumps: containers.pumpsOf(containerId),
      openDrawMl: containers.openDrawMl(containerId),
      forecast: forecasts.of(container),
    });
  }

  #change<Result>(work: () => Result): Result {
    const result = this.#ports.store.transaction(work);
    this.#ports.forecasts.forget();
    return result;
  }

  /** A pump always draws from something: it leaves a container by moving to another one. */
  #setPumps(containerId: string, pumpIds: readonly string[]): void {
    const left = this.#ports.containers.pumpsOf(containerId).filter((pumpId) => !pumpIds.includes(pumpId));
    if (left.length > 0) {
      throw new PeristaError(
        'E406',
        `pumps must still name ${left.join(', ')}: a pump leaves a container by being named in another one's pumps`,
      );
    }
    this.#movePumps(containerId, pumpIds);
  }

  #movePumps(containerId: string, pumpIds: readonly string[]): void {
    const { containers, pumps, doses, book } = this.#ports;
    for (const pumpId of pumpIds) {
      const { containerId: formerId } = pumps.get(pumpId);
      if (formerId === containerId) continue;
      if (doses.openOfPump(pumpId).length > 0) {
        throw new PeristaError(
          'E406',
          `Pump "${pumpId}" cannot draw from another container while it has a dose that is not over`,
        );
      }
      containers.movePump(pumpId, containerId);
      book.judge(formerId);
    }
  }

  /** What runs would be booked after the measurement that it is already part of. */
  #refuseWhileDrawing(containerId: string): void {
    if (this.#ports.containers.sentDrawMl(containerId, null) === 0) return;
    throw new PeristaError(
      'E406',
      `The rest of container "${containerId}" cannot be measured while a dose draws from it; wait until it is over`,
    );
  }
}

/** A container's settings under the names of the API, as events tell them. */
const settingsOf = ({ product, capacityMl, lowMl, emptyMl }: Omit<ContainerRecord, 'levelMl'>) => ({
  product,
  capacity_ml: capacityMl,
  low_ml: lowMl,
  empty_ml: emptyMl,
});
