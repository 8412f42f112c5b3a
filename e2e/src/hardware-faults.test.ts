// Proves what happens when the motor, the line or the agent misbehaves in the middle of a dose (P10, P17, I13).
import { hostClock, sleep } from '@perista/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { problemOf, startUnit, type TestUnit, until } from './harness/index.ts';

const PUMP = 'ph-down';
const PULSES_PER_REV = 200 * 64;
const clock = hostClock(globalThis);

let unit: TestUnit;
beforeAll(async () => {
  unit = await startUnit();
});

const moving = () => until(async () => (await unit.emulator.truth(PUMP)).moving, 5_000, 'the shaft turns');

/** Delays of a busy host are in it; that a dose keeps its time within 1 % is shown in virtual time, by the drivers' contract. */
const DURATION_TOLERANCE = 0.1;

/** A move that was looked at too soon is aborted within a pulse, and the encoder tells places 0.8 pulses apart. */
const ABORTED_WITHIN_PULSES = 1;

/** Pauses under 1 s belong to one motion: what comes now is a motion of its own. */
const atRestForASecond = () =>
  until(
    async () => {
      const { moving, motions } = await unit.emulator.truth(PUMP);
      return !moving && Date.now() - Date.parse(motions.at(-1)?.ended_at ?? '1970-01-01') > 1_100;
    },
    5_000,
    'the shaft rests for a second',
  );

/** Doses and returns how far the shaft turned beside how far it should. */
async function doseAndMeasure(volume_ml: number, duration_s?: number) {
  await atRestForASecond();
  const before = await unit.emulator.truth(PUMP);
  const accepted = await unit.api.dose(PUMP, duration_s === undefined ? { volume_ml } : { volume_ml, duration_s });
  const dose = await unit.api.settled(accepted.dose_id, (accepted.duration_s + 15) * 1000);
  const after = await unit.emulator.truth(PUMP);
  const motion = after.motions.at(-1);
  return {
    accepted,
    dose,
    turnedPulses: (after.revolutions - before.revolutions) * PULSES_PER_REV,
    motions: after.motions.length - before.motions.length,
    tookS: (Date.parse(motion?.ended_at ?? '') - Date.parse(motion?.started_at ?? '')) / 1000,
  };
}

describe('pulses', () => {
  it.each([0.2, 0.5])('of %d ml turn the shaft exactly as planned', async (volume) => {
    const { accepted, dose, turnedPulses } = await doseAndMeasure(volume);
    expect(dose.state).toBe('done');
    expect(Math.abs(turnedPulses - accepted.pulses)).toBeLessThan(0.5);
  });

  it('come in the right time too from a board that is 9 % slow and tells of few completions', async () => {
    await unit.emulator.cause({ pump: PUMP, fault: 'drop_completion', value: 0.9 });
    await unit.emulator.cause({ pump: PUMP, fault: 'clock_error', value: -0.09 });
    const { accepted, dose, turnedPulses, motions, tookS } = await doseAndMeasure(2, 12);
    expect(dose.state).toBe('done');
    expect(Math.abs(turnedPulses - accepted.pulses)).toBeLessThan(ABORTED_WITHIN_PULSES);
    expect(motions).toBe(1);
    expect(Math.abs(tookS - 12)).toBeLessThan(12 * DURATION_TOLERANCE);
  });

  it('are not changed by stray and damaged bytes on top of that', async () => {
    await unit.emulator.cause({ pump: PUMP, fault: 'noise', value: 0.005 });
    const { accepted, dose, turnedPulses } = await doseAndMeasure(2, 12);
    await unit.emulator.clearFaults();
    expect(dose.state).toBe('done');
    expect(Math.abs(turnedPulses - accepted.pulses)).toBeLessThan(ABORTED_WITHIN_PULSES);
  });
});

describe('a stalled motor', () => {
  it('ends in E102 within 4 s, with what was truly given, and blocks the pump until somebody looked', async () => {
    const before = await unit.emulator.truth(PUMP);
    const accepted = await unit.api.dose(PUMP, { volume_ml: 5, duration_s: 30 });
    await until(
      async () => (await unit.emulator.truth(PUMP)).revolutions - before.revolutions > 3,
      10_000,
      'three revolutions',
    );
    await unit.emulator.cause({ pump: PUMP, fault: 'stall' });
    const dose = await unit.api.settled(accepted.dose_id, 4_000);
    const after = await unit.emulator.truth(PUMP);
    const trueMl = ((after.revolutions - before.revolutions) * PULSES_PER_REV * accepted.volume_ml) / accepted.pulses;
    expect(dose).toMatchObject({ state: 'partial', code: 'E102' });
    expect(Math.abs((dose.delivered_ml ?? Number.NaN) - trueMl)).toBeLessThan(Math.max(0.03, trueMl * 0.01));
    expect(dose.lo_ml).toBeLessThanOrEqual(trueMl + 0.001);
    expect(dose.hi_ml).toBeGreaterThanOrEqual(trueMl - 0.001);

    await unit.emulator.clearFaults();
    const refused = await unit.api.order(PUMP, { volume_ml: 1 });
    expect(refused.status).toBe(422);
    expect(problemOf(refused).code).toBe('E433');
    expect((await unit.emulator.truth(PUMP)).revolutions).toBeCloseTo(after.revolutions, 3);

    const released = await unit.api.request('POST', `/api/pumps/${PUMP}/release`, { reason: 'tube was pinched' });
    expect(released.status).toBe(200);
    expect((await doseAndMeasure(0.5)).dose.state).toBe('done');
  });
});

describe('an agent that is frozen', () => {
  it('moves nothing after its chunk, and nothing when it thaws after its lease', async () => {
    const accepted = await unit.api.dose(PUMP, { volume_ml: 5, duration_s: 30 });
    await moving();
    const agent = unit.pid('agent');
    process.kill(agent, 'SIGSTOP');
    try {
      await until(async () => !(await unit.emulator.truth(PUMP)).moving, 1_600, 'the chunk is over');
      const frozen = await unit.emulator.truth(PUMP);
      // Longer than the lease of 3 s: what is waited for is that nothing happens.
      await sleep(clock, 4_000);
      expect((await unit.emulator.truth(PUMP)).revolutions).toBe(frozen.revolutions);
      process.kill(agent, 'SIGCONT');
      const dose = await unit.api.settled(accepted.dose_id, 10_000);
      expect(dose.state).toBe('partial');
      expect((await unit.emulator.truth(PUMP)).revolutions).toBeCloseTo(frozen.revolutions, 2);
    } finally {
      process.kill(agent, 'SIGCONT');
    }
  });
});

describe('emergency stop', () => {
  it('brings the motor to rest within 250 ms, survives a restart, and blocks doses until it is released', async () => {
    await until(async () => (await unit.api.pump(PUMP)).blocked_by.length === 0, 10_000, 'the pump is ready');
    const accepted = await unit.api.dose(PUMP, { volume_ml: 5, duration_s: 30 });
    await moving();
    const requestedAtMs = Date.now();
    const stopped = await unit.api.request('POST', '/api/emergency-stop', {});
    expect(stopped.status).toBe(200);
    const after = await unit.emulator.truth(PUMP);
    expect(after.moving).toBe(false);
    expect(Date.parse(after.motions.at(-1)?.ended_at ?? '') - requestedAtMs).toBeLessThan(250);
    expect((await unit.api.settled(accepted.dose_id, 5_000)).state).toBe('partial');

    expect(await unit.stop()).toBe(0);
    unit = await startUnit({ dataDir: unit.dataDir });
    const refused = await unit.api.order(PUMP, { volume_ml: 1 });
    expect(refused.status).toBe(422);
    expect(problemOf(refused).code).toBe('E430');
    expect((await unit.emulator.truth(PUMP)).revolutions).toBe(after.revolutions);

    const released = await unit.api.request('DELETE', '/api/emergency-stop', { reason: 'leak was mended' });
    expect(released.status).toBe(200);
    expect((await doseAndMeasure(0.5)).dose.state).toBe('done');
  });
});
