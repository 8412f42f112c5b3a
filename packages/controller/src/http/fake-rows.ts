import type { Container, Dose, DosingStatus, Plan, Pump, Refill, Schedule } from '@perista/protocol/api';

export const unitStatus = (): DosingStatus => ({
  utc_time: '2026-03-01T07:30:00.000Z',
  local_time: '2026-03-01T08:30:00+01:00',
  timezone: 'Europe/Warsaw',
  system_enabled: true,
  disabled_by: [],
  active_channel: null,
  queue: [],
  channels: [],
});

export const PUMP: Pump = {
  id: 'ph-down',
  name: 'pH down',
  emulated: true,
  enabled: true,
  state: 'idle',
  blocked_by: [],
  hardware: {
    kind: 'servo42c',
    line: 'main',
    address: 0xe0,
    microstep: 16,
    steps_per_rev: 200,
    invert: false,
    dialect: 'auto',
    max_rpm: 300,
  },
  mutex_group: null,
  limits: { single_ml: 100, duration_s: 600, hour_ml: 200, day_ml: 500, week_ml: 2000 },
  max_rate_ml_min: 40,
  min_dose_ml: 0.1,
  rate_range_ml_min: { slowest: 1, comfortable: 20, fastest: 40 },
  remaining_ml: { hour: 200, day: 500, week: 2000 },
  dosed_ml: { hour: 0, day: 0, week: 0 },
  container: {
    id: 'ph-down',
    product: 'pH down',
    capacity_ml: 5000,
    level_ml: 5000,
    low_ml: 500,
    empty_ml: 0,
    state: 'ok',
    days_left: null,
  },
  calibration: null,
  current_dose: null,
  queued: 0,
  last_dose: null,
  next_dose_at: null,
  next_dose: null,
  fault: null,
  sensors: null,
};

export const CONTAINER: Container = {
  id: 'ph-down',
  product: 'pH down',
  pumps: ['ph-down'],
  capacity_ml: 5000,
  level_ml: 5000,
  reserved_ml: 0,
  low_ml: 500,
  empty_ml: 0,
  state: 'ok',
  days_left: null,
  runs_out_at: null,
  forecast_by: null,
  created_at: '2026-03-01T07:00:00.000Z',
};

export const REFILL: Refill = {
  seq: 1,
  container_id: 'ph-down',
  at: '2026-03-01T07:30:00.000Z',
  actor: 'admin',
  booked_ml: 4000,
  rest_ml: null,
  added_ml: 1000,
  level_ml: 5000,
  deviation: null,
};

export const PLAN: Plan = {
  from: '2026-03-01T12:00:00.000Z',
  until: '2026-03-15T12:00:00.000Z',
  complete: true,
  timezone: 'Europe/Warsaw',
  doses: [],
  collisions: [],
  containers: [],
  clock_changes: [],
};

export const SCHEDULE: Schedule = {
  id: 's-1',
  pump_id: PUMP.id,
  cron: '0 8 * * *',
  rule: { kind: 'cron', expression: '0 8 * * *' },
  sentence: 'At 08:00, every day (Europe/Warsaw).',
  volume_ml: 50,
  duration_s: null,
  enabled: true,
  tolerance_s: 1800,
  missed_policy: 'late',
  timezone: 'Europe/Warsaw',
  paused_until: null,
  next_runs: ['2026-03-02T07:00:00.000Z'],
  created_at: '2026-03-01T07:30:00.000Z',
  last_run: null,
};

export const DAY = { day: '2026-03-01', lo_ml: 0, hi_ml: 0, planned_ml: null, doses: 0, not_given: 0 };

export const ACCEPTED = {
  dose_id: 'key.ph-down.admin.breakfast-1',
  pump_id: 'ph-down',
  state: 'accepted',
  volume_ml: 5,
  duration_s: 30,
  rate_ml_min: 10,
  pulses: 88_889,
  error_pct: 1.5,
  accepted_at: '2026-03-01T07:30:00.000Z',
} as const;

export const PRIMING = {
  dose_id: 'key.ph-down.admin.press-1',
  pump_id: 'ph-down',
  state: 'accepted',
  hold_ms: 1000,
  max_s: 30,
  rate_ml_min: 20,
} as const;

/** A settled dose, with whatever the test is about. */
export function doseRow(change: Partial<Dose>): Dose {
  return {
    dose_id: 'd1',
    pump_id: 'ph-down',
    state: 'done',
    cause: 'manual',
    actor: 'admin',
    direction: 'forward',
    requested_ml: 5,
    duration_s: 30,
    delivered_ml: 5,
    lo_ml: 5,
    hi_ml: 5,
    accepted_at: '2026-03-01T07:30:00.000Z',
    started_at: '2026-03-01T07:30:01.000Z',
    ended_at: '2026-03-01T07:30:31.000Z',
    reason: null,
    code: null,
    schedule_id: null,
    calibration_id: null,
    progress: null,
    ...change,
  };
}
