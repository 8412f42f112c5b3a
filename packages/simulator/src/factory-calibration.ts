import { type CalibrationRun, RELAY_RPM, seededRandom } from '@perista/core';
import type { EmulatedPump } from './emulated-pump.ts';
import { normal } from './pump/chance.ts';
import { COUNTS_PER_REV } from './pump/motor.ts';
import { PumpHead } from './pump/pump-head.ts';
import type { EmulatedRelayPump } from './relay/emulated-relay-pump.ts';

const SLOWEST_RPM = 5;
const FASTEST_RPM = 298;
const SPEEDS = 12;
const REPEATS = 3;
const REVOLUTIONS = 20;
/** Spread of the scale that weighs each run. */
const SCALE_SD = 0.002;
/** Time of a calibration run of a relay, s. */
const RELAY_RUN_S = 30;

/**
 * The runs that a maker would ship with this unit: three at each of twelve speeds, weighed. The same pump always gives the
 * same runs; no time passes.
 */
export function factoryCalibration(pump: EmulatedPump): CalibrationRun[] {
  const head = new PumpHead(pump.seed, pump.head);
  const random = seededRandom(pump.seed + 1);
  const { tubeHours, repeatabilitySd } = head.settings;
  return Array.from({ length: SPEEDS * REPEATS }, (_, index) => {
    const speed = Math.floor(index / REPEATS) / (SPEEDS - 1);
    const rpm = round(SLOWEST_RPM * (FASTEST_RPM / SLOWEST_RPM) ** speed, 1);
    const fromCounts = random.unit() * COUNTS_PER_REV;
    const toCounts = fromCounts + REVOLUTIONS * COUNTS_PER_REV;
    const givenMl = head.displacedMl(fromCounts, toCounts, (REVOLUTIONS / rpm) * 60_000, tubeHours);
    const weighed = normal(random, 1, repeatabilitySd) * normal(random, 1, SCALE_SD);
    return { rpm, revolutions: REVOLUTIONS, measuredMl: round(givenMl * weighed, 4) };
  });
}

/** Three runs of a relay, weighed: its pump knows one speed. */
export function relayFactoryCalibration({ seed, head: settings, rpm }: EmulatedRelayPump): CalibrationRun[] {
  const head = new PumpHead(seed, settings);
  const random = seededRandom(seed + 1);
  const turnedCounts = (rpm / 60) * RELAY_RUN_S * COUNTS_PER_REV;
  return Array.from({ length: REPEATS }, () => {
    const fromCounts = random.unit() * COUNTS_PER_REV;
    const givenMl = head.displacedMl(
      fromCounts,
      fromCounts + turnedCounts,
      RELAY_RUN_S * 1000,
      head.settings.tubeHours,
    );
    const weighed = normal(random, 1, head.settings.repeatabilitySd) * normal(random, 1, SCALE_SD);
    return { rpm: RELAY_RPM, revolutions: (RELAY_RUN_S * RELAY_RPM) / 60, measuredMl: round(givenMl * weighed, 4) };
  });
}

function round(value: number, decimals: number): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals;
}
