// Proves that codes and shaft speeds follow the board's speed law, and that the code a board stumbles on is left out.
import { describe, expect, it } from 'vitest';
import { codeOfRpm, forbiddenCode, pulsesPerRev, rpmOfCode, usableCodes } from './stepper-speed.ts';

const board = (microstep: number, stepsPerRev = 200, address = 0xe0) => ({
  microstep,
  stepsPerRev,
  maxRpm: 300,
  address,
});

describe('the speed law', () => {
  it.each([
    [16, 1, 9.375],
    [16, 127, 1190.625],
    [64, 1, 2.34375],
    [64, 127, 297.65625],
    [256, 127, 74.4140625],
  ])('turns microstep %d and code %d into %d rpm', (microstep, code, rpm) => {
    expect(rpmOfCode(code, board(microstep))).toBe(rpm);
    expect(codeOfRpm(rpm, board(microstep))).toBeCloseTo(code, 12);
  });

  it('counts pulses of a revolution, also of a 0.9° motor', () => {
    expect(pulsesPerRev(board(64))).toBe(12_800);
    expect(pulsesPerRev(board(64, 400))).toBe(25_600);
    expect(rpmOfCode(10, board(64, 400))).toBe(rpmOfCode(5, board(64)));
  });
});

describe('usableCodes', () => {
  it('are 1 to 127 but the low bits of the address', () => {
    for (let address = 0xe0; address <= 0xe9; address++) {
      const codes = usableCodes(board(64, 200, address));
      expect(codes).toHaveLength(126);
      expect(codes).not.toContain(forbiddenCode(address));
      expect([codes[0], codes.at(-1)]).toEqual([1, 127]);
    }
    expect(forbiddenCode(0xe3)).toBe(99);
  });
});
