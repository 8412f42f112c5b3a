import type { Clock } from '@perista/core';
import type { NewSchedule, SchedulePatch } from '@perista/protocol/api';
import type { PumpStore } from '../pumps/pump-store.ts';
import { refusePast, refuseUngivable } from './refuse-schedule.ts';
import type { ScheduleSettings } from './schedule-row.ts';
import { settingsAfter } from './schedule-settings.ts';
import { settingsView } from './schedule-view.ts';

export interface SettingsPorts {
  readonly clock: Clock;
  readonly pumps: Pick<PumpStore, 'list' | 'get' | 'activeCalibration'>;
  /** IANA zone of the site. */
  readonly timezone: string;
}

type Changes = Partial<ReturnType<typeof settingsView>>;

/**
 * What a schedule shall be after `input`, to count from `fromMs` on, and what is new in it; `before` is null for a new one.
 * @throws PeristaError E402 for wrong fields, E420 to E427 for what its pump would never give
 */
export function checkedSettings(
  { clock, pumps, timezone }: SettingsPorts,
  input: NewSchedule | SchedulePatch,
  before: ScheduleSettings | null,
  fromMs: number,
): { readonly settings: ScheduleSettings; readonly changes: Changes } {
  const pumpIds = pumps.list().map(({ pumpId }) => pumpId);
  const pumpId = pumpIds.length === 1 ? (pumpIds[0] ?? null) : null;
  const settings = settingsAfter(input, before, { pumpId, pumpIds, timezone, nowMs: Math.floor(clock.wallMs()) });
  const changes = before === null ? settingsView(settings) : differing(settings, before);
  const changed = Object.keys(changes);
  const isSwitchedOff = before !== null && !settings.enabled && changed.length === 1;
  if (changed.length === 0 || isSwitchedOff) return { settings, changes };
  if (['rule', 'timezone', 'paused_until'].some((key) => changed.includes(key))) refusePast(settings, fromMs);
  refuseUngivable(settings, pumps.get(settings.pumpId), pumps.activeCalibration(settings.pumpId), fromMs);
  return { settings, changes };
}

/** The settings of `one` that `other` has otherwise. */
export function differing(one: ScheduleSettings, other: ScheduleSettings): Changes {
  const others: Record<string, unknown> = settingsView(other);
  const entries = Object.entries(settingsView(one));
  return Object.fromEntries(entries.filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(others[key])));
}
