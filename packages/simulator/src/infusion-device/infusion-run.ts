import type { InfusionParameters } from '@perista/core';
import type { DeviceBuild, Moment, Result, Run } from './device-state.ts';
import { flowOf } from './flow.ts';
import type { Turn } from './turn.ts';

/** How long the display shows the end of an infusion, ms. */
const SHOWN_MS = 3_000;
const MS_PER_MIN = 60_000;
/** So many infusions that are over are known again. */
const OVER_KEPT = 100;

/** As many digits as a flow sensor has. */
const rounded = (value: number): number => Number(value.toFixed(4));

function newRun(
  infusionId: string,
  parameters: InfusionParameters,
  { gain, periodMs }: DeviceBuild,
  { nowMs }: Moment,
): Run {
  const flow = flowOf(parameters, gain);
  const told = { ranMs: 0, deliveredMl: 0 };
  return { infusionId, parameters, flow, ranMs: 0, sinceMs: nowMs, sampleDueMs: nowMs + periodMs, told };
}

const turnedMs = ({ ranMs, sinceMs }: Run, nowMs: number): number => ranMs + (sinceMs === null ? 0 : nowMs - sinceMs);

const deliveredMl = (run: Run, nowMs: number): number => run.flow.deliveredMl(turnedMs(run, nowMs));

/** When the pump has given all; null while it is paused. */
export const endMs = ({ flow, ranMs, sinceMs }: Run): number | null =>
  sinceMs === null ? null : sinceMs + flow.endsAfterMs - ranMs;

/** Tells how far it is, and notes that it did. */
export function tellProgress(turn: Turn) {
  const { run, battery } = turn.state;
  const batteryLevel = Math.round(battery.level);
  if (run === null) return turn.tell('progress', { infusionId: null, state: 'idle', flowRateMlMin: 0, batteryLevel });
  const { nowMs } = turn.moment;
  const ranMs = Math.min(turnedMs(run, nowMs), run.flow.endsAfterMs);
  const delivered = run.flow.deliveredMl(ranMs);
  const { totalMl, endsAfterMs } = run.flow;
  const minutes = (ranMs - run.told.ranMs) / MS_PER_MIN;
  const isTurning = run.sinceMs !== null;
  turn.tell('progress', {
    infusionId: run.infusionId,
    state: isTurning ? 'running' : 'paused',
    flowRateMlMin: isTurning && minutes > 0 ? rounded((delivered - run.told.deliveredMl) / minutes) : 0,
    deliveredVolumeMl: rounded(delivered),
    volumeRemainingMl: rounded(totalMl - delivered),
    timeRemainingMin: rounded((endsAfterMs - ranMs) / MS_PER_MIN),
    progressPercent: rounded((100 * delivered) / totalMl),
    batteryLevel,
  });
  turn.change({ run: { ...run, told: { ranMs, deliveredMl: delivered } } });
}

export function begin(turn: Turn, infusionId: string, parameters: InfusionParameters): void {
  turn.change({ run: newRun(infusionId, parameters, turn.build, turn.moment), shown: null });
  turn.tellStatus();
  turn.do({ kind: 'remember' });
}

/** Stands still and may go on. */
export function pause(turn: Turn, run: Run): void {
  const { nowMs } = turn.moment;
  tellProgress(turn);
  turn.change({ run: { ...(turn.state.run ?? run), ranMs: turnedMs(run, nowMs), sinceMs: null } });
  turn.tellStatus();
}

export function resume(turn: Turn, run: Run): void {
  turn.change({ run: { ...run, sinceMs: turn.moment.nowMs } });
  turn.tellStatus();
}

/** It is over: last progress, how it went, and that it is free again. */
export function end(turn: Turn, run: Run, how: Result['end'], reason?: string): Result {
  tellProgress(turn);
  const { nowMs } = turn.moment;
  const result = { infusionId: run.infusionId, end: how, deliveredVolumeMl: rounded(deliveredMl(run, nowMs)) };
  over(turn, run.infusionId);
  turn.change({ run: null, lastResult: result, shown: { end: how, untilMs: nowMs + SHOWN_MS } });
  turn.tell('completion', { ...result, ...(reason !== undefined && { reason }) });
  turn.tellStatus();
  turn.do({ kind: 'remember' });
  return result;
}

/** It never begins, or never again. */
export function over(turn: Turn, infusionId: string): void {
  const { overIds } = turn.state;
  if (!overIds.includes(infusionId)) turn.change({ overIds: [...overIds, infusionId].slice(-OVER_KEPT) });
}
