import type { PlanDraft } from '@perista/protocol/api';
import type { CalibrationRecord } from '../pumps/pump-row.ts';
import type { PumpStore } from '../pumps/pump-store.ts';
import type { AskingPlan } from '../schedules/calendar-dose.ts';
import { checkedSettings, type SettingsPorts } from '../schedules/checked-settings.ts';
import type { StoredSchedule } from '../schedules/schedule-row.ts';
import { isOn, schedulePlan } from '../schedules/schedule-source.ts';
import type { ScheduleStore } from '../schedules/schedule-store.ts';
import type { ChannelDrafts } from '../weekly-plan/channel-drafts.ts';
import { WrongFields, within } from '../wrong-fields.ts';

export interface DraftPorts extends SettingsPorts {
  readonly pumps: PumpStore;
  readonly schedules: Pick<ScheduleStore, 'list' | 'get'>;
  readonly channelDrafts: ChannelDrafts;
}

/** All plans as they would stand if a draft were saved now. */
export interface DraftedPlans {
  /** In the order in which the executor looks at them. */
  readonly plans: readonly AskingPlan[];
  /** Calibrations that would be in use instead of those that are, by pump. */
  readonly calibrations: ReadonlyMap<string, CalibrationRecord>;
  /** Zones by which they go. */
  readonly timezones: readonly string[];
}

/** @throws what saving would throw, with fields named by their place in the draft */
export function draftPlans(ports: DraftPorts, draft: Omit<PlanDraft, 'days'>, fromMs: number): DraftedPlans {
  const { channelDrafts } = ports;
  const schedules = draftSchedules(ports, draft, fromMs).filter(isOn);
  const { plans, calibrations } = channelDrafts.plans(draft.channels ?? [], fromMs);
  return {
    plans: [...plans, ...schedules.map(schedulePlan)],
    calibrations,
    timezones: schedules.map(({ timezone }) => timezone),
  };
}

function draftSchedules(ports: DraftPorts, draft: Omit<PlanDraft, 'days'>, fromMs: number): StoredSchedule[] {
  const { schedules: drafts = [], without = [] } = draft;
  refuseUnclear(
    drafts.flatMap(({ id }) => id ?? []),
    without,
  );
  for (const id of without) ports.schedules.get(id);
  const kept = new Map(ports.schedules.list().map((schedule) => [schedule.id, schedule]));
  for (const id of without) kept.delete(id);
  for (const [index, { id, ...input }] of drafts.entries()) {
    const before = id === undefined ? null : ports.schedules.get(id);
    const { settings, changes } = within(`schedules[${index}]`, () => checkedSettings(ports, input, before, fromMs));
    const isNews = Object.keys(changes).length > 0;
    const decidedUntilMs = isNews ? Math.max(before?.decidedUntilMs ?? 0, fromMs) : (before?.decidedUntilMs ?? fromMs);
    const draftId = id ?? `draft-${index + 1}`;
    kept.set(draftId, { createdAtMs: fromMs, lastRunMs: null, ...before, ...settings, id: draftId, decidedUntilMs });
  }
  return [...kept.values()];
}

function refuseUnclear(changed: readonly string[], without: readonly string[]): void {
  const twice = changed.find((id, index) => changed.indexOf(id) !== index);
  if (twice !== undefined) {
    throw new WrongFields([{ path: 'schedules', message: `must name each schedule once, has "${twice}" twice` }]);
  }
  const both = without.find((id) => changed.includes(id));
  if (both === undefined) return;
  throw new WrongFields([{ path: 'without', message: `must not name what schedules changes, has "${both}"` }]);
}
