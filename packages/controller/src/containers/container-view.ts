import type { Container, LevelPoint, Refill } from '@perista/protocol/api';
import { timestamp } from '../ledger/timestamp.ts';
import type { Forecast } from './container-forecasts.ts';
import type { ContainerRecord, StoredEntry } from './container-row.ts';

export interface ContainerFacts {
  readonly pumps: string[];
  readonly openDrawMl: number;
  readonly forecast: Forecast;
}

/** A forecast knows no more digits than these; with more it would be news without end. */
const DAYS_DIGITS = 3;

export const daysLeft = ({ runOut }: Forecast): number | null =>
  runOut === null ? null : Number(runOut.daysLeft.toPrecision(DAYS_DIGITS));

/** A container as it goes out. */
export const containerView = (
  container: ContainerRecord,
  { pumps, openDrawMl, forecast }: ContainerFacts,
): Container => ({
  id: container.containerId,
  product: container.product,
  pumps,
  capacity_ml: container.capacityMl,
  level_ml: container.levelMl,
  reserved_ml: openDrawMl,
  low_ml: container.lowMl,
  empty_ml: container.emptyMl,
  state: container.condition,
  days_left: daysLeft(forecast),
  runs_out_at: forecast.runOut === null ? null : timestamp(forecast.runOut.atMs),
  forecast_by: forecast.by,
  created_at: timestamp(container.createdAtMs),
});

export const refillView = (entry: StoredEntry): Refill => ({
  seq: entry.seq,
  container_id: entry.containerId,
  at: timestamp(entry.atMs),
  actor: entry.actor,
  booked_ml: entry.beforeMl,
  rest_ml: entry.restMl,
  added_ml: entry.addedMl,
  level_ml: entry.levelMl,
  deviation: entry.deviation && {
    drawn_lo_ml: entry.deviation.drawnLoMl,
    drawn_hi_ml: entry.deviation.drawnHiMl,
    drawn_measured_ml: entry.deviation.drawnMeasuredMl,
    error_ml: entry.deviation.errorMl,
    error_pct: entry.deviation.errorPct,
  },
});

/** Points that a plot can show beside each other. */
const MOST_POINTS = 600;

/** Every n-th point, so that no more than a plot can show are left; the first, the last and each rise stay as they are. */
export function thinned(points: readonly { readonly atMs: number; readonly levelMl: number }[]): LevelPoint[] {
  const every = Math.ceil(points.length / MOST_POINTS);
  const isKept = (index: number) => {
    const [point, next] = [points[index], points[index + 1]];
    const before = points[index - 1];
    if (point === undefined || next === undefined || before === undefined) return true;
    return index % every === 0 || next.levelMl > point.levelMl || point.levelMl > before.levelMl;
  };
  return points
    .filter((_, index) => isKept(index))
    .map(({ atMs, levelMl }) => ({ at: timestamp(atMs), level_ml: levelMl }));
}
