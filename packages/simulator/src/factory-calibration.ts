import { type CalibrationRun, seededRandom } from '@perista/core';
import type { EmulatedPump } from './emulated-pump.ts';
import { normal } from './pump/chance.ts';
import { COUNTS_PER_REV } from './pump/motor.ts';
import { PumpHead } from './pump/pump-head.ts';

const SLOWEST_RPM = 5;
const FASTEST_RPM = 298;
const SPEEDS = 12;
const REPEATS = 3;
const REVOLUTIONS = 20;
/** Spread of the scale that weighs each run. */
const SCALE_SD = 0.002;

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

function round(value: number, decimals: number): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals;
}
