import { type Cancel, type Clock, formatNumber, isPeristaError, type Log } from '@perista/core';
import type { PumpCalibrations } from '@perista/protocol/api';
import type { DoseStore } from '../ledger/dose-store.ts';
import { DAY_MS, HOUR_MS } from '../ledger/durations.ts';
import { failureFields } from '../log-fields.ts';
import type { PumpStore } from '../pumps/pump-store.ts';
import type { EventLog } from '../services.ts';
import type { Store } from '../store/store.ts';
import type { CalibrationStore } from './calibration-store.ts';

export interface ReminderPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly pumps: Pick<PumpStore, 'list'>;
  readonly doses: Pick<DoseStore, 'givenSince'>;
  readonly calibrations: CalibrationStore;
  readonly events: Pick<EventLog, 'append'>;
}

type Age = Pick<PumpCalibrations, 'reminder' | 'used' | 'due'>;

/** How old the calibration in use of a pump is, by days and by what it has given, and whether that is too old. */
export function calibrationAge(
  { clock, doses, calibrations }: Omit<ReminderPorts, 'store' | 'log' | 'pumps' | 'events'>,
  pumpId: string,
): Age {
  const reminder = calibrations.reminder(pumpId);
  const active = calibrations.active(pumpId);
  if (active === undefined) return { reminder, used: null, due: null };
  const sinceMs = active.activatedAtMs ?? active.createdAtMs;
  const used = {
    days: Math.max(0, clock.wallMs() - sinceMs) / DAY_MS,
    volume_ml: doses.givenSince(pumpId, sinceMs),
  };
  return { reminder, used, due: whyDue(reminder, used) };
}

/** Knows which calibrations have become too old, and tells of each once; looks each hour. */
export class CalibrationReminder {
  readonly #ports: ReminderPorts;
  /** Why the calibration that a pump had in use at the last look is to be made anew. */
  readonly #due = new Map<string, { readonly calibrationId: string; readonly reason: string }>();
  #cancel: Cancel = () => {};

  constructor(ports: ReminderPorts) {
    this.#ports = ports;
  }

  /** Why a calibration of a pump is to be made anew, as of the last look; null if it is not. */
  whyDue(pumpId: string, calibrationId: string): string | null {
    const due = this.#due.get(pumpId);
    return due?.calibrationId === calibrationId ? due.reason : null;
  }

  start(): void {
    this.look();
  }

  stop(): void {
    this.#cancel();
  }

  look(): void {
    this.#cancel();
    this.#cancel = this.#ports.clock.after(HOUR_MS, () => this.look());
    try {
      for (const { pumpId } of this.#ports.pumps.list()) this.#remind(pumpId);
    } catch (error) {
      if (!isPeristaError(error)) throw error;
      this.#ports.log.warn(failureFields(error), 'the age of calibrations could not be looked at');
    }
  }

  #remind(pumpId: string): void {
    const { store, clock, calibrations, events } = this.#ports;
    this.#due.delete(pumpId);
    const active = calibrations.active(pumpId);
    if (active === undefined) return;
    const { due, used } = calibrationAge(this.#ports, pumpId);
    if (due === null) return;
    this.#due.set(pumpId, { calibrationId: active.calibrationId, reason: due });
    if (active.remindedAtMs !== null) return;
    store.transaction(() => {
      calibrations.markReminded(active.calibrationId, clock.wallMs());
      const data = { calibration_id: active.calibrationId, reason: due, ...used };
      events.append({ kind: 'calibration_due', severity: 'warning', pump_id: pumpId, data });
    });
  }
}

function whyDue({ days, volume_ml }: Age['reminder'], used: NonNullable<Age['used']>): string | null {
  if (days !== null && used.days >= days) {
    return `Its calibration has been in use for ${formatNumber(used.days, 0)} days; it was to be measured again after ${formatNumber(days)}.`;
  }
  if (volume_ml !== null && used.volume_ml >= volume_ml) {
    return `It has given ${formatNumber(used.volume_ml, 0)} ml since its calibration came into use; it was to be measured again after ${formatNumber(volume_ml)} ml.`;
  }
  return null;
}
