import type { FirstPump } from '@perista/controller';
import type { Random } from '@perista/core';
import { type DosingChannelPatch, RELAY_GROUP } from '@perista/protocol/api';
import { relayPumpId } from '@perista/protocol/settings';

/** The weekly plan that the pump of a relay gets, and what it gives. */
export interface PlannedChannel {
  /** From 1. */
  readonly channel: number;
  readonly pumpId: string;
  readonly isEnabled: boolean;
  /** Bit 0 is Monday. */
  readonly days: number;
  readonly dosesADay: 1 | 2;
  readonly weeklyMl: number;
  /** ml/s */
  readonly rate: number;
}

const CHANNELS = 6;
const ALL_DAYS = 127;
/** Part of the worlds that have a relay unit. */
const SHARE = 0.4;
const RATES = [0.2, 0.6] as const;
/** Time of a dose of a plan, s: mostly short, for each second of a relay costs ten ticks. */
const SHORT_S = [0.8, 3] as const;
const LONG_S = [5, 15] as const;
const LONG_SHARE = 0.06;

/** Caps that a day of plans, doses by hand and double clicks comes near to. */
export const RELAY_LIMITS = { single_ml: 10, duration_s: 60, hour_ml: 12, day_ml: 20, week_ml: 130 };
const MAX_RATE_ML_MIN = 60;
const CONTAINER_ML = 1_000_000;

/** Six pumps behind relays with plans by chance; null where the unit has none. */
export function planRelays(random: Random): readonly PlannedChannel[] | null {
  if (random.unit() >= SHARE) return null;
  return Array.from({ length: CHANNELS }, (_, index) => planChannel(random, index + 1));
}

/** A plan of one channel by chance. */
export function planChannel(random: Random, channel: number): PlannedChannel {
  const between = ([from, to]: readonly [number, number]) => from + (to - from) * random.unit();
  const isEnabled = random.unit() < 0.85;
  const days = random.unit() < 0.6 ? ALL_DAYS : 1 + Math.floor(random.unit() * ALL_DAYS);
  const dosesADay = random.unit() < 0.3 ? 1 : 2;
  const rate = Math.round(between(RATES) * 1000) / 1000;
  const singleMl = rate * between(random.unit() < LONG_SHARE ? LONG_S : SHORT_S);
  const dosesAWeek = dosesADay * days.toString(2).replaceAll('0', '').length;
  // A weekly volume has one decimal.
  const weeklyMl = Math.round(singleMl * dosesAWeek * 10) / 10;
  return { channel, pumpId: relayPumpId(channel), isEnabled, days, dosesADay, weeklyMl, rate };
}

/** The change that makes it the plan of its channel. */
export const patchOf = (plan: PlannedChannel): DosingChannelPatch => ({
  id: plan.channel,
  enabled: plan.isEnabled,
  weekly_schedule: plan.days,
  daily_schedule: plan.dosesADay,
  weekly_dosing_value: plan.weeklyMl,
  dosing_rate: plan.rate,
});

/** The pump before anybody has planned it. */
export const firstRelayPump = ({ channel, pumpId }: PlannedChannel): FirstPump => ({
  id: pumpId,
  hardware: { kind: 'relay', channel },
  limits: RELAY_LIMITS,
  max_rate_ml_min: MAX_RATE_ML_MIN,
  min_dose_ml: 0.1,
  container_ml: CONTAINER_ML,
  mutex_group: RELAY_GROUP,
  calibrationRuns: [],
});
