import type { StepperGeometry } from '../dose/dose.ts';

/**
 * Step pulses per second for each unit of the SERVO42C's speed code. From its manual's speed law,
 * rpm = code × 30000 / (microstep × 200): the pulse rate is the same for every microstep and motor angle.
 */
export const PULSES_PER_S_PER_CODE = 500;

/** Speed codes have seven bits; 0 means idle on some firmwares and slowest on others, so it is never used. */
export const MIN_SPEED_CODE = 1;
export const MAX_SPEED_CODE = 127;

/** Step pulses of one revolution of the shaft. */
export function pulsesPerRev(geometry: StepperGeometry): number {
  return geometry.microstep * geometry.stepsPerRev;
}

/** Nominal shaft speed of a speed code, rpm. The board's own clock may be some percent off. */
export function rpmOfCode(code: number, geometry: StepperGeometry): number {
  return (code * PULSES_PER_S_PER_CODE * 60) / pulsesPerRev(geometry);
}

/** Speed code, not rounded, that turns the shaft at `rpm`. */
export function codeOfRpm(rpm: number, geometry: StepperGeometry): number {
  return (rpm * pulsesPerRev(geometry)) / (60 * PULSES_PER_S_PER_CODE);
}

/** A board misbehaves at the speed code that equals its address without the top bit. */
export function forbiddenCode(address: number): number {
  return address & 0x7f;
}

/** Speed codes that a board may be sent, ascending. */
export function usableCodes(geometry: StepperGeometry): number[] {
  const codes: number[] = [];
  for (let code = MIN_SPEED_CODE; code <= MAX_SPEED_CODE; code++) {
    if (code !== forbiddenCode(geometry.address)) codes.push(code);
  }
  return codes;
}
