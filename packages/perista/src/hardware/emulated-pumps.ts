import type { FirstPump } from '@perista/controller';
import {
  DEFAULT_EMULATED_PUMPS,
  DEFAULT_EMULATED_RELAYS,
  type EmulatedPump,
  factoryCalibration,
  relayFactoryCalibration,
} from '@perista/simulator';
import { relayPump } from './relay-pump.ts';

/** Caps of an emulated pump: plenty to try, little to flood. */
const LIMITS = { single_ml: 100, duration_s: 3_600, hour_ml: 200, day_ml: 500, week_ml: 2_000 };
const MAX_RATE_ML_MIN = 40;
const CONTAINER_ML = 5_000;

/** The pumps of a first start on emulated hardware, calibrated: steppers, then relays. */
export const emulatedPumps = (): FirstPump[] => [
  ...DEFAULT_EMULATED_PUMPS.map(stepperPump),
  ...DEFAULT_EMULATED_RELAYS.map((pump) => ({
    ...relayPump(pump.channel),
    container_ml: CONTAINER_ML,
    calibrationRuns: relayFactoryCalibration(pump),
  })),
];

function stepperPump(pump: EmulatedPump): FirstPump {
  return {
    id: pump.id,
    hardware: {
      kind: 'servo42c',
      line: pump.line ?? pump.id,
      address: pump.address,
      microstep: pump.microstep,
      steps_per_rev: pump.stepsPerRev,
      invert: false,
      dialect: 'auto',
      max_rpm: 300,
    },
    limits: LIMITS,
    max_rate_ml_min: MAX_RATE_ML_MIN,
    container_ml: CONTAINER_ML,
    calibrationRuns: factoryCalibration(pump),
  };
}
