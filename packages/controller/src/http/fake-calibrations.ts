import type { Calibration, CalibrationSession, PumpCalibrations, SessionRunStarted } from '@perista/protocol/api';
import type { Calibrations, OrderOutcome } from '../services.ts';

interface FakePorts {
  /** Notes a call and throws E404 for a pump that is not there. */
  readonly note: (name: string, ...args: readonly unknown[]) => void;
  readonly onlyPump: (id: string) => { readonly id: string };
  readonly outcome: () => OrderOutcome<unknown>;
}

/** Calibrations of one pump in memory: one in use, one session. */
export function fakeCalibrations({ note, onlyPump, outcome }: FakePorts): Calibrations {
  const all = (): PumpCalibrations => ({ ...HISTORY, session: SESSION });
  return {
    ofPump(pumpId) {
      onlyPump(pumpId);
      return all();
    },
    open(pumpId, actor) {
      note('openCalibration', onlyPump(pumpId).id, actor);
      return SESSION;
    },
    abandon(pumpId, sessionId) {
      note('abandonCalibration', onlyPump(pumpId).id, sessionId);
    },
    run(pumpId, sessionId, order) {
      note('calibrationRun', onlyPump(pumpId).id, sessionId, order);
      const told = outcome();
      return told.kind === 'accepted' ? { kind: 'accepted', answer: STARTED } : told;
    },
    measure(pumpId, sessionId, measurement, actor) {
      note('measureCalibration', onlyPump(pumpId).id, sessionId, measurement, actor);
      return SESSION;
    },
    finish(pumpId, sessionId) {
      note('finishCalibrationSession', onlyPump(pumpId).id, sessionId);
      return { ...SESSION, calibration: { ...IN_USE, active: false } };
    },
    activate(calibrationId, actor) {
      note('activateCalibration', calibrationId, actor);
      return { ...IN_USE, id: calibrationId };
    },
    remind(pumpId, reminder, actor) {
      note('remindCalibration', onlyPump(pumpId).id, reminder, actor);
      return { ...all(), reminder };
    },
  };
}

const AT = '2026-03-01T07:30:00.000Z';

const STARTED: SessionRunStarted = {
  run_id: 'cs-1-1',
  state: 'accepted',
  rpm: 100,
  revolutions: 30,
  duration_s: 21.1,
};

const CURVE = {
  error_pct: 1.5,
  points: [{ rpm: 100, ml_per_min: 18 }],
  speeds: [{ rpm: 100, runs: 3, ml_per_rev: 0.18, repeatability_pct: 0.5, residual_pct: 0 }],
  repeatability_pct: 0.5,
  smallest_accurate_ml: 0.6,
};

const IN_USE: Calibration = {
  id: 'cal-1',
  pump_id: 'ph-down',
  origin: 'measured',
  created_at: AT,
  activated_at: AT,
  active: true,
  curve: CURVE,
  runs: [{ rpm: 100, revolutions: 30, measured_ml: 5.4, outlier: false }],
  verification: null,
};

const SESSION: CalibrationSession = {
  id: 'cs-1',
  pump_id: 'ph-down',
  opened_at: AT,
  opened_by: 'admin',
  runs: [],
  proposed: [{ rpm: 100, duration_s: 18 }],
  repeats: 3,
  curve: null,
  problem: null,
  calibration: null,
};

const HISTORY = {
  items: [IN_USE],
  reminder: { days: 90, volume_ml: null },
  used: { days: 1, volume_ml: 10 },
  due: null,
};
