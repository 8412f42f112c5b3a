import type { Schedule } from '@perista/protocol/api';
import { timestamp, timestampOrNull } from '../ledger/timestamp.ts';
import type { ScheduleSettings, StoredSchedule } from './schedule-row.ts';
import { scheduleSentence } from './schedule-sentence.ts';
import { scheduleDoses } from './schedule-source.ts';

/** How far ahead a person is shown what comes. */
const RUNS_SHOWN = 5;

/** A schedule as it goes out. */
export const scheduleView = (schedule: StoredSchedule, nowMs: number): Schedule => ({
  id: schedule.id,
  ...settingsView(schedule),
  sentence: scheduleSentence(schedule),
  next_runs: schedule.enabled ? nextRuns(schedule, Math.max(nowMs + 1, schedule.decidedUntilMs)) : [],
  created_at: timestamp(schedule.createdAtMs),
  last_run: timestampOrNull(schedule.lastRunMs),
});

/** Settings under the names of the API, as events tell them too. */
export const settingsView = ({ pumpId, rule, ...settings }: ScheduleSettings) => ({
  pump_id: pumpId,
  cron: rule.kind === 'cron' ? rule.expression : null,
  rule,
  volume_ml: settings.volumeMl,
  duration_s: settings.durationS,
  enabled: settings.enabled,
  tolerance_s: settings.toleranceS,
  missed_policy: settings.missedPolicy,
  timezone: settings.timezone,
  paused_until: settings.pausedUntil,
});

function nextRuns(schedule: StoredSchedule, fromMs: number): string[] {
  const runs: string[] = [];
  for (const { dueMs } of scheduleDoses(schedule, fromMs)) {
    if (runs.push(timestamp(dueMs)) === RUNS_SHOWN) break;
  }
  return runs;
}
