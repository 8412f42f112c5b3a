import type { DeviceBuild, DeviceState } from './device-state.ts';

/** A device that has nothing to do says at least so often that it is there, ms. */
const IDLE_EVERY_MS = 5_000;

/** How long it is silent at most. */
export const speaksEveryMs = ({ run }: DeviceState, { periodMs }: DeviceBuild): number =>
  run === null ? Math.max(IDLE_EVERY_MS, periodMs) : periodMs;

/** What a device says of itself as a whole; `as` in place of what it is at. */
export function statusBody(state: DeviceState, build: DeviceBuild, as?: string): object {
  const { run, alarms, battery, lastResult } = state;
  return {
    status: as ?? statusName(state),
    activeInfusionId: run?.infusionId ?? null,
    alarms: alarms.map(({ alarmId, code }) => ({ alarmId, code })),
    firmwareVersion: build.firmwareVersion,
    batteryLevel: Math.round(battery.level),
    periodS: speaksEveryMs(state, build) / 1_000,
    lastResult,
  };
}

function statusName({ run, shown }: DeviceState): string {
  if (run !== null) return run.sinceMs === null ? 'paused' : 'running';
  return shown === null ? 'idle' : shown.end;
}
