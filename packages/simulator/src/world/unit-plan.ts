import type { FirstPump } from '@perista/controller';
import type { Random } from '@perista/core';
import type { ProfileName } from '../board/board-profile.ts';
import { DEFAULT_EMULATED_PUMPS, type EmulatedPump } from '../emulated-pump.ts';
import { factoryCalibration } from '../factory-calibration.ts';
import { NOBODY_OUTSIDE, type OutsidePlan } from '../outside/outside-plan.ts';
import { firstRelayPump, type PlannedChannel, RELAY_LIMITS } from './relay-unit-plan.ts';
import type { PlannedCalendar } from './schedule-plan.ts';

/** Which unit lives in a world. */
export interface UnitPlan {
  readonly pumps: readonly EmulatedPump[];
  readonly firstPumps: readonly FirstPump[];
  readonly hasGroup: boolean;
  /** Pumps behind relays with their weekly plans; null where the unit has none. */
  readonly channels: readonly PlannedChannel[] | null;
  readonly calendar: PlannedCalendar;
  /** Whom it tells beyond its screens. */
  readonly outside: OutsidePlan;
  /** Users come through the HTTP API, or call the use cases. */
  readonly door: 'http' | 'services';
}

/** Caps that a day of simulated doses comes near to. */
const LIMITS = { single_ml: 4, duration_s: 120, hour_ml: 3, day_ml: 9, week_ml: 45 };
const MAX_RATE_ML_MIN = 40;
/** Nobody refills: it lasts for longer than any world. */
const CONTAINER_ML = 1_000_000;

/** Older firmware is refused, so there is nothing to live through. */
const NEWEST_SHARE = 0.75;

/**
 * Two steppers: firmware, manners, mounting and group by chance; and the pumps behind relays that stand beside them, if
 * there are any.
 */
export function planUnit(
  random: Random,
  { channels, calendar, outside }: Pick<UnitPlan, 'channels' | 'calendar' | 'outside'>,
): UnitPlan {
  const hasGroup = random.unit() < 0.4;
  const sharesLine = random.unit() < 0.3;
  const pumps = DEFAULT_EMULATED_PUMPS.map((pump, index): EmulatedPump => {
    const profile: ProfileName = random.unit() < NEWEST_SHARE ? 'v1.1.2' : 'v1.1.0';
    return {
      ...pump,
      profile,
      ...(sharesLine && { line: 'both', address: 0xe0 + index }),
      seed: 1 + Math.floor(random.unit() * 1_000),
      turnsSincePowerOn: random.unit() < 0.5 ? 0 : 720,
      quirks: {
        ...pump.quirks,
        clockError: 0.04 * (random.unit() - 0.5),
        completionLoss: random.unit(),
        abortOnCommandDuringFD: random.unit() < 0.7,
      },
    };
  });
  return {
    pumps,
    hasGroup,
    channels,
    calendar,
    outside,
    firstPumps: [
      ...pumps.map((pump) => firstPump(pump, hasGroup, random.unit() < 0.3)),
      ...(channels ?? []).map(firstRelayPump),
    ],
    // What tells others stands beside the use cases, without a server.
    door: random.unit() < 0.2 && outside === NOBODY_OUTSIDE ? 'http' : 'services',
  };
}

const firstPump = (pump: EmulatedPump, hasGroup: boolean, invert: boolean): FirstPump => ({
  id: pump.id,
  hardware: {
    kind: 'servo42c',
    line: pump.line ?? pump.id,
    address: pump.address,
    microstep: pump.microstep,
    steps_per_rev: pump.stepsPerRev,
    invert,
    dialect: 'auto',
    polls_while_moving: pump.quirks?.abortOnCommandDuringFD === false,
    max_rpm: 300,
  },
  limits: LIMITS,
  max_rate_ml_min: MAX_RATE_ML_MIN,
  container_ml: CONTAINER_ML,
  mutex_group: hasGroup ? 'both' : null,
  calibrationRuns: factoryCalibration(pump),
});

/** The caps that a pump has from the start. */
export const limitsOf = ({ channels }: UnitPlan, pumpId: string): typeof LIMITS =>
  channels?.some((channel) => channel.pumpId === pumpId) ? RELAY_LIMITS : LIMITS;
