import type { Random } from '@perista/core';
import type { SchedulePatch } from '@perista/protocol/api';
import type { ScheduleInForce } from '../checker/schedule-book.ts';
import { planSchedule } from '../world/schedule-plan.ts';
import type { UnitWorld } from '../world/unit-world.ts';
import type { Fault } from './fault.ts';
import { askNow } from './user-acts.ts';

function anyOf({ chronicle }: UnitWorld, random: Random): ScheduleInForce | undefined {
  const { inForce } = chronicle.schedules;
  return inForce[Math.floor(random.unit() * inForce.length)];
}

/** Another rule, volume and zone; or only a switch, a pause, a tolerance or a pump. */
function changeOf(world: UnitWorld, random: Random, schedule: ScheduleInForce): SchedulePatch {
  const { pump_id, paused_until, ...other } = planSchedule(random, world.plan.calendar, world.clock.wallMs());
  const chance = random.unit();
  if (chance < 0.3) return { enabled: !schedule.isEnabled };
  if (chance < 0.45) return { paused_until: schedule.pausedUntil === null ? (paused_until ?? null) : null };
  if (chance < 0.6) return { tolerance_s: 600 + Math.floor(random.unit() * 3_000) };
  return chance < 0.7 && pump_id !== undefined ? { pump_id } : other;
}

/** What users do with schedules; only where there are some from the start. */
export const SCHEDULE_ACTS = {
  'edit-schedule': {
    meaning: 'somebody changes a schedule, pauses it, or switches it off or on',
    share: 0.12,
    needsSchedules: true,
    async strike({ world, random }) {
      const schedule = anyOf(world, random);
      if (schedule === undefined) return;
      const change = changeOf(world, random, schedule);
      await askNow(world, (door) => door.changeSchedule(schedule.scheduleId, change));
    },
  },
  'replace-schedule': {
    meaning: 'somebody removes a schedule, and makes another one',
    share: 0.04,
    needsSchedules: true,
    async strike({ world, random }) {
      const schedule = anyOf(world, random);
      const other = planSchedule(random, world.plan.calendar, world.clock.wallMs());
      if (schedule !== undefined) await askNow(world, (door) => door.removeSchedule(schedule.scheduleId));
      await askNow(world, (door) => door.addSchedule(other));
    },
  },
  'run-schedule': {
    meaning: 'somebody wants a dose of a schedule now, once or twice under one key',
    share: 0.06,
    needsSchedules: true,
    async strike({ world, random, key }) {
      const schedule = anyOf(world, random);
      if (schedule === undefined) return;
      const { scheduleId, pumpId, volumeMl } = schedule;
      const runKey = `run-${key}`;
      for (let clicks = random.unit() < 0.3 ? 2 : 1; clicks > 0; clicks--) {
        const answer = await askNow(world, (door) => door.runSchedule(scheduleId, runKey));
        if (world.chronicle.schedules.of(scheduleId) !== schedule) return;
        world.tell({ kind: 'order-answered', pumpId, key: runKey, volumeMl, answer });
      }
    },
  },
} as const satisfies Record<string, Fault>;
