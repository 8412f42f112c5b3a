import { type Clock, type ExpectedDraw, type RunOut, runOut, runOutAtRate, usableMl } from '@perista/core';
import type { EventBus } from '../events/event-bus.ts';
import { DAY_MS } from '../ledger/durations.ts';
import { leavesPlans } from '../planning/leaves-plans.ts';
import type { PlannedDoses } from '../planning/planned-doses.ts';
import type { PumpStore } from '../pumps/pump-store.ts';
import type { ContainerEntryStore } from './container-entry-store.ts';
import type { ContainerRecord } from './container-row.ts';

/** How far ahead plans are walked; beyond it they are taken to go on alike. */
const AHEAD_MS = 28 * DAY_MS;
/** Days whose use counts as recent. */
const RECENT_MS = 14 * DAY_MS;
/** A forecast stands so long, unless plans or the level change. */
const STANDS_MS = 60_000;

export interface ForecastPorts {
  readonly clock: Clock;
  readonly pumps: Pick<PumpStore, 'drawingFrom'>;
  readonly entries: ContainerEntryStore;
  readonly planned: PlannedDoses;
  readonly bus: EventBus;
}

/** When a container will not hold the next dose, and by what that is told. */
export interface Forecast {
  readonly by: 'plan' | 'use' | null;
  readonly runOut: RunOut | null;
  /** Level at instants from now on, until it runs out or as far as one looks. */
  readonly levels: readonly { readonly atMs: number; readonly levelMl: number }[];
}

interface Kept {
  readonly levelMl: number;
  readonly untilMs: number;
  readonly forecast: Forecast;
}

/** Forecasts by the real plan of the pumps that draw, or by their recent use where nothing is planned. */
export class ContainerForecasts {
  readonly #ports: ForecastPorts;
  readonly #kept = new Map<string, Kept>();

  constructor(ports: ForecastPorts) {
    this.#ports = ports;
    ports.bus.subscribe(this, 'event', ({ kind }) => {
      if (!leavesPlans(kind)) this.forget();
    });
  }

  /** Plans, pumps or books have changed. */
  forget(): void {
    this.#kept.clear();
  }

  of(container: ContainerRecord): Forecast {
    const nowMs = this.#ports.clock.monotonicMs();
    const kept = this.#kept.get(container.containerId);
    if (kept !== undefined && kept.levelMl === container.levelMl && nowMs < kept.untilMs) return kept.forecast;
    const forecast = this.#forecast(container);
    this.#kept.set(container.containerId, { levelMl: container.levelMl, untilMs: nowMs + STANDS_MS, forecast });
    return forecast;
  }

  #forecast(container: ContainerRecord): Forecast {
    const { clock, pumps, entries, planned } = this.#ports;
    const { containerId, levelMl, createdAtMs } = container;
    const nowMs = clock.wallMs();
    const untilMs = nowMs + AHEAD_MS;
    const leftMl = usableMl(levelMl, container);
    const draws = pumps
      .drawingFrom(containerId)
      .flatMap((pump) => planned.between(pump, nowMs, untilMs))
      .sort((one, other) => one.atMs - other.atMs);
    if (draws.length > 0) {
      const end = runOut(leftMl, draws, { nowMs, untilMs });
      return { by: 'plan', runOut: end, levels: stepsDown(levelMl, draws, { nowMs, endMs: end?.atMs ?? untilMs }) };
    }
    const lookedAtMs = Math.min(RECENT_MS, Math.max(DAY_MS, nowMs - createdAtMs));
    const mlPerDay = (entries.usedSince(containerId, nowMs - lookedAtMs) / lookedAtMs) * DAY_MS;
    const end = runOutAtRate(leftMl, mlPerDay, nowMs);
    if (end === null) return { by: null, runOut: null, levels: [] };
    const seenDays = Math.min(end.daysLeft, AHEAD_MS / DAY_MS);
    const last = { atMs: Math.round(nowMs + seenDays * DAY_MS), levelMl: levelMl - mlPerDay * seenDays };
    return { by: 'use', runOut: end, levels: [{ atMs: nowMs, levelMl }, last] };
  }
}

function stepsDown(
  levelMl: number,
  draws: readonly ExpectedDraw[],
  { nowMs, endMs }: { readonly nowMs: number; readonly endMs: number },
): Forecast['levels'] {
  let leftMl = levelMl;
  const steps = draws
    .filter(({ atMs }) => atMs < endMs)
    .map(({ atMs, volumeMl }) => {
      leftMl -= volumeMl;
      return { atMs, levelMl: leftMl };
    });
  return [{ atMs: nowMs, levelMl }, ...steps];
}
