import type { DeviceBuild, DeviceState } from './device-state.ts';

/** What a device says of itself as a whole; `as` in place of what it is at. */
export function statusBody(state: DeviceState, { firmwareVersion, periodMs }: DeviceBuild, as?: string): object {
  const { run, alarms, battery, lastResult } = state;
  return {
    status: as ?? statusName(state),
    activeInfusionId: run?.infusionId ?? null,
    alarms: alarms.map(({ alarmId, code }) => ({ alarmId, code })),
    firmwareVersion,
    batteryLevel: Math.round(battery.level),
    periodS: periodMs / 1_000,
    lastResult,
  };
}

function statusName({ run, shown }: DeviceState): string {
  if (run !== null) return run.sinceMs === null ? 'paused' : 'running';
  return shown === null ? 'idle' : shown.end;
}
