import { channelTimes, planCeiling, plannedDose } from '@perista/core';
import {
  CalibrateChannel,
  CalibrationRunStarted,
  ChannelCalibrated,
  type ChannelStatus,
  type DosingChannel,
  DosingChannelPatch,
  DosingConfig,
  DosingStatus,
  type SlotStatus,
} from '@perista/protocol/api';
import type { Page, Route } from 'playwright-core';

const LIMITS = { singleMl: 50, durationS: 120, hourMl: 100, dayMl: 200, weekMl: 1000 };
const CALIBRATION_S = 30;
const RUN_ID = 'relay-1.calibration';
const CHANNELS = [1, 2, 3, 4, 5, 6] as const;

type Plan = Pick<
  DosingChannel,
  'enabled' | 'weekly_schedule' | 'daily_schedule' | 'weekly_dosing_value' | 'dosing_rate'
>;
interface Seat extends Plan {
  morning: SlotStatus;
  evening: SlotStatus;
  state: string;
  reason?: string;
}

/** The example of the specification. */
const EXAMPLE: Seat = {
  enabled: true,
  weekly_schedule: 127,
  daily_schedule: 2,
  weekly_dosing_value: 217,
  dosing_rate: 0.33,
  morning: 'completed',
  evening: 'pending',
  state: 'idle',
};

/** Answers a page for the weekly plan, in the shapes of the API, with slots in every state. */
export class DosingDesk {
  nowUtc = '2026-03-29T07:15:00.000Z';
  systemEnabled = true;
  /** Bodies of the changes that arrived. */
  readonly changes: DosingChannelPatch[] = [];
  readonly seats: Record<number, Seat> = {
    1: { ...EXAMPLE },
    2: { ...EXAMPLE, daily_schedule: 1, weekly_schedule: 31, weekly_dosing_value: 100, evening: 'disabled' },
    3: { ...EXAMPLE, morning: 'missed', reason: 'The window of this dose has passed.', weekly_schedule: 74 },
    4: { ...EXAMPLE, morning: 'active', state: 'running' },
    5: { ...EXAMPLE, morning: 'waiting', evening: 'uncertain', weekly_schedule: 0b101, weekly_dosing_value: 50.5 },
    6: {
      ...EXAMPLE,
      enabled: false,
      weekly_dosing_value: 0,
      dosing_rate: 0,
      morning: 'disabled',
      evening: 'disabled',
    },
  };
  #run: 'none' | 'running' | 'measure' = 'none';
  statusAnswers = 0;

  /** Stands in front of the server of this page. */
  async answer(page: Page): Promise<void> {
    const json = (route: Route, body: unknown, status = 200) =>
      route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(body) });
    await page.route('**/api/dosing-config', (route) => {
      if (route.request().method() === 'POST') this.#change(DosingChannelPatch.parse(route.request().postDataJSON()));
      return json(route, this.config());
    });
    await page.route('**/api/dosing-status', async (route) => {
      await json(route, this.status());
      this.statusAnswers++;
    });
    await page.route('**/api/calibrate-channel', (route) => {
      const asked = CalibrateChannel.parse(route.request().postDataJSON());
      return asked.measured_ml === undefined
        ? json(route, this.#startRun(asked.channel_id), 202)
        : json(route, this.#finishRun(asked.channel_id, asked.measured_ml));
    });
  }

  /** The relay has been on for its 30 s. */
  endRun(): void {
    this.#run = 'measure';
    this.#seat(1).state = 'idle';
  }

  config(): DosingConfig {
    return DosingConfig.parse({ channels: CHANNELS.map((id) => this.#channel(id)) });
  }

  status(): DosingStatus {
    const active = CHANNELS.find((id) => ['morning', 'evening'].some((half) => this.#half(id, half) === 'active'));
    return DosingStatus.parse({
      utc_time: this.nowUtc,
      local_time: this.nowUtc,
      timezone: 'Europe/Warsaw',
      system_enabled: this.systemEnabled,
      disabled_by: this.systemEnabled ? [] : [{ code: 'E430', reason: 'The emergency stop is latched.' }],
      active_channel: active ?? null,
      queue: CHANNELS.filter((id) => this.#half(id, 'morning') === 'waiting').map((channel_id) => ({
        channel_id,
        dose_id: `relay-${channel_id}.20541.morning`,
        since: this.nowUtc,
        reason: 'Another relay is on.',
      })),
      channels: CHANNELS.map((id) => this.#channelStatus(id)),
    });
  }

  #seat(id: number): Seat {
    const seat = this.seats[id];
    if (seat === undefined) throw new Error(`no channel ${id}`);
    return seat;
  }

  #half = (id: number, half: string): SlotStatus => this.#seat(id)[half === 'morning' ? 'morning' : 'evening'];

  #channel(id: number): DosingChannel {
    const { enabled, weekly_schedule, daily_schedule, weekly_dosing_value, dosing_rate, morning, evening } =
      this.#seat(id);
    const dose = plannedDose(
      { days: weekly_schedule, dosesADay: daily_schedule, weeklyMl: weekly_dosing_value },
      dosing_rate,
    );
    return {
      id,
      enabled,
      weekly_schedule,
      daily_schedule,
      weekly_dosing_value,
      dosing_rate,
      single_dose_volume: dose?.singleMl ?? 0,
      dosing_duration: Math.round(dose?.durationS ?? 0),
      dosing_times_utc: channelTimes(id, CHANNELS.length, daily_schedule),
      status_morning: morning,
      status_evening: evening,
    };
  }

  #channelStatus(id: number): ChannelStatus {
    const seat = this.#seat(id);
    const plan = { days: seat.weekly_schedule, dosesADay: seat.daily_schedule };
    const ceiling = planCeiling(plan, seat.dosing_rate, LIMITS);
    const slot = (half: 'morning' | 'evening') => ({
      status: seat[half],
      at_utc: null,
      partial: false,
      dose_id: null,
      reason: seat[half] === 'missed' ? (seat.reason ?? null) : null,
      code: seat[half] === 'missed' ? 'E434' : null,
    });
    return {
      id,
      pump_id: `relay-${id}`,
      name: `relay-${id}`,
      state: seat.state,
      blocked_by: [],
      status_morning: seat.morning,
      status_evening: seat.evening,
      morning: slot('morning'),
      evening: slot('evening'),
      remaining_s: seat.state === 'idle' ? null : 21,
      dosed_today_ml: seat.morning === 'completed' ? 15.5 : 0,
      ceiling: ceiling && { ml: ceiling.weeklyMl, rule: ceiling.rule },
      calibration_run_id: id === 1 && this.#run === 'measure' ? RUN_ID : null,
    };
  }

  #change(patch: DosingChannelPatch): void {
    this.changes.push(patch);
    const { id, enabled, weekly_schedule, daily_schedule, weekly_dosing_value } = patch;
    const seat = this.#seat(id);
    this.seats[id] = {
      ...seat,
      enabled: enabled ?? seat.enabled,
      weekly_schedule: weekly_schedule ?? seat.weekly_schedule,
      daily_schedule: daily_schedule ?? seat.daily_schedule,
      weekly_dosing_value: weekly_dosing_value ?? seat.weekly_dosing_value,
    };
  }

  #startRun(channel_id: number): CalibrationRunStarted {
    this.#run = 'running';
    this.#seat(channel_id).state = 'calibrating';
    return CalibrationRunStarted.parse({ run_id: RUN_ID, channel_id, state: 'running', duration_s: CALIBRATION_S });
  }

  #finishRun(channel_id: number, measured_ml: number): ChannelCalibrated {
    this.#run = 'none';
    const dosing_rate = measured_ml / CALIBRATION_S;
    this.#seat(channel_id).dosing_rate = dosing_rate;
    return ChannelCalibrated.parse({
      run_id: RUN_ID,
      channel_id,
      measured_ml,
      duration_s: CALIBRATION_S,
      dosing_rate,
    });
  }
}
