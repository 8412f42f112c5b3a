import type { DoseCause, LogEvent } from '../api/index.ts';
import { eventNames } from '../event-names.ts';
import type { RemoteEventType } from './remote-event.ts';

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
  // A change of the configuration is told to nobody else, and a rate that was entered is told as one.
  if (kind === 'channel_changed') return 'CONFIG_CHANGED';
  if (kind === 'pump_calibrated' && data.origin !== 'measured') return null;
  const type = eventNames({ kind, data })?.remote ?? null;
  return type === 'DOSE_EXECUTED' ? DONE[data.cause as DoseCause] : type;
}
