import { clockChanges, dateOf, dayOfWall, MINUTE_MS, wallAt } from '@perista/core';
import type { Plan, PlanContainer, PlanDose } from '@perista/protocol/api';
import type { ContainerRecord } from '../containers/container-row.ts';
import { timestamp, timestampOrNull } from '../ledger/timestamp.ts';
import { zoneNamed } from '../schedules/temporal-zone.ts';
import type { ForeseenDose, PlanRun } from './plan-run.ts';

/** A dose as it goes out. */
export const planDose = ({ dose, volumeMl, durationS, waitsFor, startsMs, end }: ForeseenDose): PlanDose => ({
  dose_id: dose.doseId,
  pump_id: dose.pumpId,
  schedule_id: dose.scheduleId,
  due_at: timestamp(dose.dueMs),
  state: end?.kind ?? (waitsFor === null ? 'given' : 'waits'),
  starts_at: timestampOrNull(end === null ? startsMs : null),
  volume_ml: volumeMl,
  duration_s: durationS,
  waits_for: waitsFor,
  code: end?.why.code ?? null,
  reason: end?.why.sentence ?? null,
});

export const planContainer = (
  before: ContainerRecord,
  after: ContainerRecord,
  { lowMs, runsOutMs }: Pick<PlanRun, 'lowMs' | 'runsOutMs'>,
  nowMs: number,
): PlanContainer => ({
  container_id: before.containerId,
  product: before.product,
  level_ml: before.levelMl,
  end_level_ml: after.levelMl,
  low_at: timestampOrNull(before.levelMl < before.lowMl ? nowMs : (lowMs.get(before.containerId) ?? null)),
  runs_out_at: timestampOrNull(runsOutMs.get(before.containerId) ?? null),
});

/** Doses that stand in one line: each waits for the one before it. */
export function collisionsOf(foreseen: readonly ForeseenDose[]): Plan['collisions'] {
  const lines = new Map<string, { at: string; dose_ids: string[] }>();
  const all: { at: string; dose_ids: string[] }[] = [];
  for (const { dose, waitsFor } of foreseen) {
    if (waitsFor === null) continue;
    let line = lines.get(waitsFor);
    if (line === undefined) {
      line = { at: timestamp(dose.dueMs), dose_ids: [waitsFor] };
      all.push(line);
    }
    line.dose_ids.push(dose.doseId);
    lines.set(dose.doseId, line);
  }
  return all;
}

/** When clocks are set in the zones by which a plan goes, on whose days. */
export const clockChangesIn = (timezones: readonly string[], fromMs: number, untilMs: number): Plan['clock_changes'] =>
  [...new Set(timezones)]
    .flatMap((timezone) =>
      clockChanges(zoneNamed(timezone), fromMs, untilMs).map((change) => ({ timezone, ...change })),
    )
    .sort((one, other) => one.atMs - other.atMs)
    .map(({ timezone, atMs, shiftMs }) => ({
      at: timestamp(atMs),
      timezone,
      day: dayText(wallAt(zoneNamed(timezone), atMs)),
      shift_min: shiftMs / MINUTE_MS,
    }));

function dayText(wallMs: number): string {
  const { year, month, day } = dateOf(dayOfWall(wallMs));
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
