import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COUNTS_PER_REV, Motor, type MotorConditions, type PulseTrain } from './motor.ts';

const traits = { slewRpm: 1200, tripDeg: 45 };

interface Setup {
  readonly motor: Motor;
  readonly conditions: MotorConditions;
  turned: number;
}

function enabledMotor(): Setup {
  const conditions: MotorConditions = { reversed: false, limp: false, runawayFactor: null };
  const setup: Setup = {
    conditions,
    turned: 0,
    motor: new Motor(traits, conditions, (from, to) => {
      setup.turned += to - from;
    }),
  };
  setup.motor.enable(true);
  return setup;
}

/** One revolution at 60 rpm, from 100 ms on. */
const oneTurn = (): PulseTrain => ({
  startMs: 100,
  endMs: 1100,
  pulsesPerMs: 3.2,
  countsPerPulse: COUNTS_PER_REV / 3200,
  pulses: 3200,
  donePulses: 0,
  fragile: true,
});

describe('motor', () => {
  it('turns by exactly its pulses, however often one looks', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1500, noNaN: true }), { maxLength: 40 }), (looks) => {
        const setup = enabledMotor();
        setup.motor.begin(oneTurn());
        for (const at of [...looks.toSorted((a, b) => a - b), 2000]) setup.motor.advance(at);
        expect(setup.motor.state.shaftCounts).toBeCloseTo(COUNTS_PER_REV, 6);
        expect(setup.turned).toBeCloseTo(COUNTS_PER_REV, 6);
        expect(setup.motor.state.pulses).toBeCloseTo(3200, 9);
        expect(setup.motor.resting()).toBe(true);
      }),
    );
  });

  it('stands until its pulses begin', () => {
    const { motor } = enabledMotor();
    motor.begin(oneTurn());
    motor.advance(99);
    expect([motor.turning(), motor.resting(), motor.state.shaftCounts]).toEqual([false, false, 0]);
    motor.advance(600);
    expect(motor.turning()).toBe(true);
    expect(motor.state.shaftCounts).toBeCloseTo(COUNTS_PER_REV / 2, 9);
  });

  it('loses nothing in a stall: what it missed it makes up for at its fastest, and no more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 70_000 }), fc.integer({ min: 101, max: 3000 }), (atCount, untilMs) => {
        const { motor } = enabledMotor();
        motor.stallAfter(atCount);
        motor.begin(oneTurn());
        motor.advance(untilMs);
        expect(motor.state.shaftCounts).toBeLessThanOrEqual(atCount + 1e-6);
        motor.unstall();
        motor.advance(untilMs + 5000);
        expect(motor.state.shaftCounts).toBeCloseTo(COUNTS_PER_REV, 6);
        expect(motor.state.lagCounts).toBe(0);
      }),
    );
  });

  it('catches up at the slew speed', () => {
    const { motor } = enabledMotor();
    motor.stallAfter(0);
    motor.begin(oneTurn());
    motor.advance(2000);
    motor.unstall();
    motor.advance(2025);
    expect(motor.state.shaftCounts).toBeCloseTo(COUNTS_PER_REV / 2, 6);
  });

  it('follows at its fastest a command that is faster', () => {
    const { motor } = enabledMotor();
    motor.begin({ ...oneTurn(), startMs: 0, endMs: 25, pulsesPerMs: 128 });
    motor.advance(25);
    expect(motor.state.shaftCounts).toBeCloseTo(COUNTS_PER_REV / 2, 6);
    expect(motor.state.lagCounts).toBeCloseTo(COUNTS_PER_REV / 2, 6);
    motor.advance(51);
    expect(motor.state.shaftCounts).toBeCloseTo(COUNTS_PER_REV, 6);
  });

  it('does not turn without current, and forgets what it did not turn', () => {
    const { motor, conditions } = enabledMotor();
    conditions.limp = true;
    motor.begin(oneTurn());
    motor.advance(600);
    conditions.limp = false;
    motor.advance(2000);
    expect(motor.state.shaftCounts).toBeCloseTo(COUNTS_PER_REV / 2, 6);
  });

  it('lets go of itself at the angle that protection allows', () => {
    const { motor } = enabledMotor();
    motor.protect = true;
    motor.stallAfter(0);
    motor.begin(oneTurn());
    motor.advance(100 + 1000 / 8 - 1);
    expect(motor.state.tripped).toBe(false);
    motor.advance(100 + 1000 / 8);
    expect([motor.state.tripped, motor.state.enabled, motor.resting()]).toEqual([true, false, true]);
  });
});
