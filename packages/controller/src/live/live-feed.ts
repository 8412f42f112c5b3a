import { type Cancel, type Clock, isPeristaError, type Log } from '@perista/core';
import type { LogEvent } from '@perista/protocol/api';
import { tolerant } from '../background.ts';
import type { BusTopics, EventBus } from '../events/event-bus.ts';
import { failureFields } from '../log-fields.ts';
import type { ControllerServices } from '../services.ts';
import { latest, type Parcel, reliable } from './delta.ts';
import { LiveState } from './live-state.ts';
import type { SnapshotResult, Viewer } from './viewer.ts';

export interface LiveFeedPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly bus: EventBus;
  readonly services: ControllerServices;
  readonly isAgentPresent: () => boolean;
}

/** Viewers are told at most ten times a second. */
const FLUSH_MS = 100;
/** How late that may be seen of which nobody tells: what ails the unit, and what time alone changes, such as a cap that gives back. */
const LOOK_MS = 1_000;
const LOOKS_PER_SWEEP = 5;

/** Events with which a dose is over. */
const DOSE_OVER = new Set(['dose_settled', 'dose_missed', 'dose_refused']);

/** Events of a container concern all pumps that draw from it. */
const OF_CONTAINER = 'container_';

/** Tells all viewers what happens to pumps and unit. While nobody watches it reads and remembers nothing. */
export class LiveFeed {
  readonly #ports: LiveFeedPorts;
  readonly #state: LiveState;
  readonly #viewers = new Set<Viewer>();
  #flushedAtMs = Number.NEGATIVE_INFINITY;
  #cancelFlush: Cancel | null = null;
  #cancelLook: Cancel = () => {};
  #looks = 0;
  #isStopped = false;

  constructor(ports: LiveFeedPorts) {
    this.#ports = ports;
    this.#state = new LiveState(ports);
  }

  start(): void {
    const { bus } = this.#ports;
    bus.subscribe(this, 'event', (event) => this.#onEvent(event));
    bus.subscribe(this, 'dose-progress', (news) => this.#onProgress(news));
    bus.subscribe(this, 'pump-state', ({ pumpId }) => this.#onPumpState(pumpId));
  }

  stop(): void {
    this.#isStopped = true;
    this.#ports.bus.unsubscribeAll(this);
    this.#viewers.clear();
    this.#rest();
  }

  /** The viewer wants a snapshot, and deltas from then on. It is read anew for each; after the stop there is none. */
  watch(viewer: Viewer): void {
    if (this.#isStopped) return;
    if (this.#viewers.size === 0) this.#lookLater();
    this.#viewers.add(viewer);
    this.#state.markAllAndSlow();
    this.#flushSoon();
  }

  leave(viewer: Viewer): void {
    if (this.#viewers.delete(viewer) && this.#viewers.size === 0) this.#rest();
  }

  #onEvent(event: LogEvent): void {
    if (this.#viewers.size === 0) return;
    if (event.pump_id === null || event.kind.startsWith(OF_CONTAINER)) this.#state.markAll();
    else this.#state.mark(event.pump_id);
    this.#tell(reliable({ name: 'event', news: { event } }));
    const { dose_id: doseId, kind } = event;
    if (doseId !== null && DOSE_OVER.has(kind)) {
      tolerant(this.#ports.log, 'tell viewers of the end of a dose', () => this.#tellOver(doseId));
    }
  }

  #tellOver(doseId: string): void {
    const dose = this.#ports.services.doses.get(doseId);
    for (const viewer of this.#viewers) viewer.forget(progressKey(doseId));
    this.#tell(reliable({ name: 'dose:settled', news: { dose } }));
  }

  #onProgress({ pumpId, doseId, progress }: BusTopics['dose-progress']): void {
    if (this.#viewers.size === 0) return;
    const news = { pump_id: pumpId, dose_id: doseId, progress };
    this.#tell(latest(progressKey(doseId), { name: 'dose:progress', news }));
  }

  #onPumpState(pumpId: string | null): void {
    if (this.#viewers.size === 0) return;
    if (pumpId === null) this.#state.markAll();
    else this.#state.mark(pumpId);
    this.#flushSoon();
  }

  #tell(parcel: Parcel): void {
    for (const viewer of this.#viewers) viewer.put(parcel);
    this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#cancelFlush !== null) return;
    const { clock } = this.#ports;
    const waitMs = Math.max(0, this.#flushedAtMs + FLUSH_MS - clock.monotonicMs());
    this.#cancelFlush = clock.after(waitMs, () => this.#flush());
  }

  #flush(): void {
    this.#cancelFlush = null;
    this.#flushedAtMs = this.#ports.clock.monotonicMs();
    const snapshot = this.#readSnapshot();
    for (const viewer of this.#viewers) {
      viewer.flush(snapshot);
      if (viewer.isClosed) this.leave(viewer);
    }
    if ([...this.#viewers].some(({ isWaiting }) => isWaiting)) this.#flushSoon();
  }

  /** Tells viewers what is new; then a snapshot holds what they know. */
  #readSnapshot(): SnapshotResult {
    try {
      for (const parcel of this.#state.readNews()) for (const viewer of this.#viewers) viewer.put(parcel);
      return { ok: true, snapshot: this.#state.snapshot() };
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      this.#ports.log.error(failureFields(error), 'viewers cannot be told the state of the pumps');
      return { ok: false, code: error.code, message: error.message };
    }
  }

  #lookLater(): void {
    this.#cancelLook = this.#ports.clock.after(LOOK_MS, () => {
      this.#lookLater();
      if (++this.#looks % LOOKS_PER_SWEEP === 0) this.#state.markAllAndSlow();
      else this.#state.markUnit();
      this.#flushSoon();
    });
  }

  /** Nobody watches. */
  #rest(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    this.#cancelLook();
    this.#state.reset();
  }
}

const progressKey = (doseId: string): string => `progress ${doseId}`;
