import { expect } from 'vitest';
import { doseIdOf, type LedgerModel, PUMPS } from './ledger-model.ts';
import type { RealLedger } from './real-ledger.ts';

const HOUR_MS = 3_600_000;
const WINDOWS_MS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 168 * HOUR_MS } as const;
const ROUNDING_ML = 1e-6;
/** What each container had at first. */
const CONTAINER_ML = 5_000;
/** By so much the last dose of a window may pass a cap. */
const DROP_ML = 0.02;
/** The agent's cap is over its dose: pulses are rounded, and a stop overruns. */
const OVERRUN_FACTOR = 1.05;

/** What holds after every command. */
export function expectInvariants(model: LedgerModel, real: RealLedger): void {
  const { agent, services } = real.unit;
  const rows = new Map(real.doses().map((dose) => [dose.dose_id, dose]));

  for (const [doseId, times] of agent.motions) {
    expect(times, `I3: motions of ${doseId}`).toBe(1);
    expect([...rows.keys()], 'I7: what moves has an intent').toContain(doseId);
  }
  for (const dose of rows.values()) {
    const trueMl = agent.givenUntilNowMl(dose.dose_id);
    const about = JSON.stringify({ dose, trueMl });
    expect(dose.lo_ml ?? 0, `I4: ${about}`).toBeLessThanOrEqual(trueMl + ROUNDING_ML);
    expect(dose.hi_ml ?? Number.NaN, `I4: ${about}`).toBeGreaterThanOrEqual(trueMl - ROUNDING_ML);
    expect(trueMl, `I2: ${about}`).toBeLessThanOrEqual(dose.requested_ml * OVERRUN_FACTOR);
    if (['refused', 'missed', 'cancelled'].includes(dose.state)) expect(trueMl, `I11: ${about}`).toBe(0);
    const atItsEnd = model.ended.get(dose.dose_id);
    if (atItsEnd !== undefined) expect(dose, 'I8: a dose ends once').toEqual(atItsEnd);
    if (dose.ended_at !== null) model.ended.set(dose.dose_id, dose);
  }
  for (const { order, outcome } of model.answers.values()) {
    const dose = rows.get(doseIdOf(outcome));
    expect(dose, `I10: the ledger has ${JSON.stringify(outcome)}`).toMatchObject({
      pump_id: order.pumpId,
      requested_ml: order.ml,
    });
    if (outcome.kind === 'refused') expect(dose?.state, 'I11').toBe('refused');
  }
  for (const doseId of agent.running) expect([...model.stopped], 'I12').not.toContain(doseId);
  for (const pumpId of PUMPS) {
    const { limits, remaining_ml } = services.pumps.get(pumpId);
    expect(limits).toEqual(model.limits[pumpId]);
    for (const name of ['hour', 'day', 'week'] as const) {
      const leftMl = Math.max(0, limits[`${name}_ml`] - real.givenMl(pumpId, WINDOWS_MS[name]));
      expect(remaining_ml[name], `I5: left of ${pumpId} this ${name}`).toBeLessThanOrEqual(leftMl + ROUNDING_ML);
    }
  }
  for (const pumpId of PUMPS) {
    const { level_ml, reserved_ml } = services.containers.get(pumpId);
    const leftMl = CONTAINER_ML - real.givenMl(pumpId, Number.POSITIVE_INFINITY);
    expect(level_ml - reserved_ml, `container of ${pumpId}`).toBeLessThanOrEqual(leftMl + ROUNDING_ML);
  }
  if (model.isLatched !== null) expect(services.stops.state().latched).toBe(model.isLatched);
}

/** The sums that outlive a restart are those of the doses that are over. */
function expectSummedUp(real: RealLedger): void {
  const summed: Record<string, { doses: number; volumeMl: number }> = {};
  for (const { pump_id, cause, direction, state, delivered_ml, lo_ml } of real.doses()) {
    const name = [pump_id, cause, direction, state].join(' ');
    const before = summed[name] ?? { doses: 0, volumeMl: 0 };
    summed[name] = { doses: before.doses + 1, volumeMl: before.volumeMl + (delivered_ml ?? lo_ml ?? 0) };
  }
  const kept = real.unit.unit
    .doseTotals()
    .map(({ pumpId, cause, direction, state, doses, volumeMl }) => [
      [pumpId, cause, direction, state].join(' '),
      { doses, volumeMl: expect.closeTo(volumeMl, 6) },
    ]);
  expect(summed, 'the sums of the ledger').toEqual(Object.fromEntries(kept));
}

/** A dose was just accepted: all that was given and all that may still be given are within the caps. */
export function expectWithinCaps({ limits }: LedgerModel, real: RealLedger, pumpId: (typeof PUMPS)[number]): void {
  const openMl = real
    .doses()
    .filter((dose) => dose.pump_id === pumpId && dose.ended_at === null)
    .reduce((sum, { dose_id, hi_ml }) => sum + (hi_ml ?? 0) - real.unit.agent.givenUntilNowMl(dose_id), 0);
  for (const name of ['hour', 'day', 'week'] as const) {
    const mostMl = real.givenMl(pumpId, WINDOWS_MS[name]) + openMl;
    expect(mostMl, `I1: ${pumpId} in a ${name}`).toBeLessThanOrEqual(limits[pumpId][`${name}_ml`] + DROP_ML);
  }
}

/** When all has come to rest: no dose is open, each accepted one was settled once, and the event log has no gap. */
export function expectAllAccountedFor(model: LedgerModel, real: RealLedger): void {
  expect(
    real.doses().filter(({ ended_at }) => ended_at === null),
    'I8: open doses',
  ).toEqual([]);
  expectSummedUp(real);
  const events = real.unit.events();
  for (const { outcome } of model.answers.values()) {
    if (outcome.kind !== 'accepted') continue;
    const ends = events.filter(
      ({ kind, dose_id }) => dose_id === outcome.answer.dose_id && ['dose_settled', 'dose_missed'].includes(kind),
    );
    expect(ends, `I8: ends of ${outcome.answer.dose_id}`).toHaveLength(1);
  }
  const first = events[0]?.seq ?? 0;
  expect(
    events.map(({ seq }) => seq),
    'I19: the event log',
  ).toEqual(events.map((_, index) => first + index));
}
