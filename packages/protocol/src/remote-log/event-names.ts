import type { DoseEnd } from '@perista/core';
import type { DoseCause, LogEvent } from '../api/index.ts';
import type { RemoteEventType } from './remote-event.ts';

const DOSE_ENDS: Readonly<Record<Exclude<DoseEnd, 'done'>, RemoteEventType>> = {
  partial: 'DOSE_PARTIAL',
  refused: 'DOSE_REFUSED',
  missed: 'DOSE_MISSED',
  skipped: 'DOSE_SKIPPED',
  cancelled: 'DOSE_SKIPPED',
  uncertain: 'DOSE_UNCERTAIN',
};

/** A dose that was given whole, by who asked for it. */
const DONE: Readonly<Record<DoseCause, RemoteEventType>> = {
  schedule: 'DOSE_EXECUTED',
  manual: 'DOSE_MANUAL',
  mqtt: 'DOSE_MANUAL',
  prime: 'DOSE_MANUAL',
  calibration: 'CALIBRATION',
};

/** What the remote log calls an event of the event log; null: it is not told there. */
export function remoteEventType({ kind, data }: Pick<LogEvent, 'kind' | 'data'>): RemoteEventType | null {
  switch (kind) {
    case 'dose_settled':
      return doseEnd(data.state as DoseEnd, data.cause as DoseCause);
    case 'dose_missed':
      return 'DOSE_MISSED';
    case 'dose_skipped':
      return 'DOSE_SKIPPED';
    case 'dose_refused':
      return 'DOSE_REFUSED';
    case 'pump_calibrated':
      // A rate that was entered is a change of the configuration, and told as one.
      return data.origin === 'measured' ? 'CALIBRATION' : null;
    case 'channel_changed':
      return 'CONFIG_CHANGED';
    case 'container_low':
      return 'CONTAINER_LOW';
    case 'container_empty':
      return 'CONTAINER_EMPTY';
    case 'container_refilled':
      return 'CONTAINER_REFILLED';
    case 'pump_fault':
      return 'PUMP_FAULT';
    case 'emergency_stop':
      return 'EMERGENCY_STOP';
    case 'clock_untrusted':
      return 'CLOCK_UNTRUSTED';
    default:
      return null;
  }
}

const doseEnd = (state: DoseEnd, cause: DoseCause): RemoteEventType =>
  state === 'done' ? DONE[cause] : DOSE_ENDS[state];
