// Proves that a pump primes while its button is held and no longer, whatever dies, and that it is judged, charged and
// recorded as any dose.
import type { PrimeRequest } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import { FakeFailingStore } from '../store/fake-failing-store.ts';
import type { Store } from '../store/store.ts';
import { firstPump, newPumpInput, OPERATOR, UnitFixture } from '../unit-fixture.ts';

const HELD: PrimeRequest = { max_s: 60 };
const RENEW_MS = 300;

const prime = (unit: UnitFixture, pumpId: string, request = HELD, key?: string) =>
  unit.services.doses.prime({ pumpId, request, actor: OPERATOR, ...(key !== undefined && { key }) });

function press(unit: UnitFixture, pumpId = 'a', request = HELD): string {
  const outcome = prime(unit, pumpId, request);
  if (outcome.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(outcome)}`);
  return outcome.answer.dose_id;
}

const refusalOf = (outcome: ReturnType<typeof prime>) =>
  outcome.kind === 'refused' ? outcome.refusal.reason : outcome.kind;

async function hold(unit: UnitFixture, doseId: string, forMs: number): Promise<void> {
  for (let heldMs = 0; heldMs < forMs; heldMs += RENEW_MS) {
    await unit.clock.until(unit.services.doses.renewPrime('a', doseId, OPERATOR));
    await unit.clock.advance(RENEW_MS);
  }
}

const letGo = (unit: UnitFixture, doseId: string) => unit.clock.until(unit.services.doses.cancel(doseId, OPERATOR));

/** Without its first pump's calibration. */
function uncalibrated(): UnitFixture {
  const { calibrationRuns: _, ...plain } = firstPump('a');
  const unit = new UnitFixture({ firstPumps: [] });
  unit.start();
  unit.services.pumps.create(plain, OPERATOR);
  return unit;
}

describe('a button that is held', () => {
  it('turns the pump, which says that it primes, and ends well with what was measured when it is let go', async () => {
    const unit = await new UnitFixture().boot();
    const doseId = press(unit);
    await hold(unit, doseId, 3_000);
    expect(unit.services.pumps.get('a')).toMatchObject({ state: 'priming', current_dose: { cause: 'prime' } });
    const dose = await letGo(unit, doseId);
    expect(dose).toMatchObject({ state: 'done', cause: 'prime', reason: null, code: null, requested_ml: 40 });
    expect(dose.delivered_ml).toBeCloseTo(unit.agent.givenMl.get(doseId) ?? -1, 9);
    expect(dose.delivered_ml).toBeGreaterThan(0.8);
    expect(unit.services.pumps.get('a')).toMatchObject({ state: 'idle', dosed_ml: { hour: dose.delivered_ml } });
    await expect(unit.services.doses.renewPrime('a', doseId, OPERATOR)).rejects.toMatchObject({ code: 'E406' });
  });

  it('is nobody else’s to hold, and holds nothing that was told to stop', async () => {
    const unit = await new UnitFixture().boot();
    const doseId = press(unit);
    await hold(unit, doseId, 600);
    const other = { name: 'adam', role: 'operator' } as const;
    await expect(unit.services.doses.renewPrime('a', doseId, other)).rejects.toMatchObject({ code: 'E403' });
    const stopped = unit.services.stops.engage(OPERATOR);
    await expect(unit.services.doses.renewPrime('a', doseId, OPERATOR)).rejects.toMatchObject({ code: 'E406' });
    await unit.clock.until(stopped);
  });

  it('is not kept alive by its button when the disk could not note that it was stopped', async () => {
    const disks: FakeFailingStore[] = [];
    const wrapStore = (store: Store) => {
      const disk = new FakeFailingStore(store);
      disks.push(disk);
      return disk;
    };
    const unit = await new UnitFixture({ wrapStore }).boot();
    const doseId = press(unit);
    await hold(unit, doseId, 600);
    for (const disk of disks) disk.failure = 'before-commit';
    await expect(unit.services.doses.cancel(doseId, OPERATOR)).rejects.toMatchObject({ code: 'E301' });
    await expect(unit.services.doses.renewPrime('a', doseId, OPERATOR)).rejects.toMatchObject({ code: 'E406' });
  });

  it('and falls silent is let go by the agent within the hold', async () => {
    const unit = await new UnitFixture().boot();
    const doseId = press(unit);
    await hold(unit, doseId, 2_000);
    const silentMs = unit.clock.monotonicMs() - RENEW_MS;
    await unit.clock.advance(5_000);
    const [end] = unit.agent.ends;
    expect((end?.endMs ?? 0) - silentMs).toBeLessThan(1_010);
    expect(unit.services.doses.get(doseId)).toMatchObject({
      state: 'done',
      code: null,
      reason: expect.stringContaining('not held any more'),
    });
  });

  it('and is never renewed turns for the hold at most', async () => {
    const unit = await new UnitFixture().boot();
    const doseId = press(unit);
    await unit.clock.advance(5_000);
    expect(unit.agent.givenMl.get(doseId)).toBeLessThan((20 / 60) * 1.01);
  });

  it('turns no longer than it may, by a limit that the agent keeps', async () => {
    const unit = await new UnitFixture().boot();
    const doseId = press(unit, 'a', { max_s: 2 });
    expect(unit.agent.lastStart).toBeUndefined();
    await unit.clock.advance(5);
    expect(unit.agent.lastStart).toMatchObject({ leaseMs: 1_000, cap: { durationMs: 2_000 } });
    await hold(unit, doseId, 2_100).catch(() => {});
    await unit.clock.advance(1_000);
    expect(unit.services.doses.get(doseId)).toMatchObject({
      state: 'done',
      reason: expect.stringContaining('as long as it was allowed'),
    });
  });

  it('is not kept alive by the heartbeat of another dose', async () => {
    const unit = await new UnitFixture().boot();
    unit.orderAccepted('b', { volume_ml: 20, duration_s: 60 });
    const doseId = press(unit);
    await unit.clock.advance(3_000);
    expect(unit.services.doses.get(doseId).state).toBe('done');
    expect(unit.agent.running).toHaveLength(1);
  });

  it('under one key is one prime, with the same answer for ever', async () => {
    const unit = await new UnitFixture().boot();
    const first = prime(unit, 'a', HELD, 'press-1');
    await unit.clock.advance(5_000);
    expect(prime(unit, 'a', { max_s: 60, direction: 'forward' }, 'press-1')).toEqual(first);
    expect(prime(unit, 'a', { max_s: 61 }, 'press-1').kind).toBe('key-reused');
    expect(unit.order('a', { volume_ml: 5 }, 'press-1').kind).toBe('key-reused');
    expect([...unit.agent.motions.values()]).toEqual([1]);
  });
});

describe('who stops a prime', () => {
  it('is named if it was not the one who held it', async () => {
    const unit = await new UnitFixture().boot();
    const doseId = press(unit);
    await unit.clock.advance(500);
    await unit.clock.until(unit.services.stops.stopPump('a', { name: 'ewa', role: 'operator' }));
    await unit.clock.advance(100);
    expect(unit.services.doses.get(doseId)).toMatchObject({ state: 'done', reason: 'It was stopped by ewa.' });
  });

  it('by emergency stop leaves a partial dose, as of any', async () => {
    const unit = await new UnitFixture().boot();
    const doseId = press(unit);
    await unit.clock.advance(500);
    await unit.clock.until(unit.services.stops.engage(OPERATOR, 'hose off'));
    await unit.clock.advance(100);
    expect(unit.services.doses.get(doseId)).toMatchObject({ state: 'partial', code: 'E430' });
    expect(refusalOf(prime(unit, 'a'))).toBe('emergency-stop');
  });

  it('by a fault of its motor leaves the pump faulted', async () => {
    const unit = await new UnitFixture().boot();
    unit.agent.nextFault = { ml: 0.2, code: 'E102' };
    const doseId = press(unit);
    await hold(unit, doseId, 600);
    await unit.clock.advance(1_000);
    expect(unit.services.doses.get(doseId)).toMatchObject({ state: 'partial', code: 'E102' });
    expect(refusalOf(prime(unit, 'a'))).toBe('fault');
  });

  it('before it began ends it as cancelled, and it never begins', async () => {
    const unit = await new UnitFixture().boot();
    unit.agent.refusal = { code: 'E207', message: 'not now' };
    const doseId = press(unit);
    await unit.clock.advance(100);
    expect(await letGo(unit, doseId)).toMatchObject({ state: 'cancelled', hi_ml: 0 });
    unit.agent.refusal = null;
    await unit.clock.advance(10_000);
    expect(unit.agent.motions.size).toBe(0);
  });
});

describe('a prime is refused', () => {
  it('beside any other dose of its group, and never waits', async () => {
    const grouped = ['a', 'b'].map((id) => firstPump(id, { ...newPumpInput(id), mutex_group: 'g' }));
    const unit = await new UnitFixture({ firstPumps: grouped }).boot();
    unit.orderAccepted('b', { volume_ml: 5, duration_s: 20 });
    const outcome = prime(unit, 'a');
    expect(refusalOf(outcome)).toBe('busy');
    expect(unit.services.doses.list({ limit: 9, state: 'refused' }).items).toMatchObject([
      { cause: 'prime', code: 'E436', requested_ml: 40, hi_ml: 0 },
    ]);
    await unit.clock.advance(60_000);
    expect(unit.agent.motions.size).toBe(1);
    press(unit);
    expect(refusalOf(prime(unit, 'a'))).toBe('busy');
  });

  it('by the rules of any dose, at the largest rate of the pump', async () => {
    const unit = await new UnitFixture({ firstPumps: [firstPump('a', { container_ml: 150 })] }).boot();
    unit.orderAccepted('a', { volume_ml: 100 });
    await unit.clock.advance(400_000);
    expect(refusalOf(prime(unit, 'a', { max_s: 90 }))).toBe('container');
    expect(refusalOf(prime(unit, 'a', { max_s: 90, direction: 'reverse' }))).toBe('accepted');
    await unit.clock.advance(5_000);
    unit.orderAccepted('a', { volume_ml: 45 });
    await unit.clock.advance(400_000);
    expect(refusalOf(prime(unit, 'a', { max_s: 90, direction: 'reverse' }))).toBe('hour-cap');
    unit.services.pumps.update('a', { limits: { single_ml: 30 } }, OPERATOR);
    expect(refusalOf(prime(unit, 'a', { max_s: 60 }))).toBe('single-dose-limit');
    unit.services.pumps.update('a', { enabled: false }, OPERATOR);
    expect(refusalOf(prime(unit, 'a', { max_s: 1 }))).toBe('disabled');
  });

  it('without a trace while nobody could begin at once', async () => {
    const unit = await new UnitFixture().boot();
    unit.agent.kill();
    await unit.clock.advance(4_000);
    expect(() => prime(unit, 'a', HELD, 'press-1')).toThrow('cannot be reached');
    unit.agent.restart();
    await unit.clock.advance(2_000);
    expect(unit.agent.motions.size).toBe(0);
    expect(prime(unit, 'a', HELD, 'press-1').kind).toBe('accepted');
  });
});

describe('the budget of a prime', () => {
  it('is all that it could give while it is open, and what it gave afterwards', async () => {
    const unit = await new UnitFixture().boot();
    const doseId = press(unit);
    await unit.clock.advance(500);
    expect(unit.services.pumps.get('a').remaining_ml.hour).toBe(160);
    expect(unit.services.doses.get(doseId)).toMatchObject({ lo_ml: 0, hi_ml: 40 });
    const { delivered_ml } = await letGo(unit, doseId);
    expect(unit.services.pumps.get('a').remaining_ml.hour).toBeCloseTo(200 - (delivered_ml ?? 0), 6);
    expect(unit.services.pumps.get('a').container.level_ml).toBeCloseTo(5_000 - (delivered_ml ?? 0), 6);
  });

  it('in reverse takes nothing from the container and puts nothing into it', async () => {
    const unit = await new UnitFixture().boot();
    const doseId = press(unit, 'a', { max_s: 60, direction: 'reverse' });
    await unit.clock.advance(900);
    expect((await letGo(unit, doseId)).delivered_ml).toBeGreaterThan(0.2);
    expect(unit.services.pumps.get('a').container.level_ml).toBe(5_000);
  });
});

describe('a pump that was never calibrated', () => {
  it('primes all the same, and the ledger says between nothing and the most that it can have given', async () => {
    const unit = uncalibrated();
    await unit.clock.advance(1_000);
    const doseId = press(unit);
    await unit.clock.advance(800);
    expect(unit.services.pumps.get('a').state).toBe('priming');
    const dose = await letGo(unit, doseId);
    const given = unit.agent.givenMl.get(doseId) ?? -1;
    expect(dose).toMatchObject({ state: 'done', lo_ml: 0, delivered_ml: null, hi_ml: given, calibration_id: null });
    expect(given).toBeGreaterThan(0.4);
    expect(dose.reason).toContain('not calibrated: up to');
    expect(refusalOf(prime(unit, 'a'))).toBe('accepted');
  });

  it('tells no volume on the way', async () => {
    const unit = uncalibrated();
    await unit.clock.advance(1_000);
    const doseId = press(unit);
    await hold(unit, doseId, 1_500);
    expect(unit.services.doses.get(doseId).progress).toMatchObject({ delivered_ml: 0 });
    expect(unit.services.doses.get(doseId).progress?.elapsed_s).toBeGreaterThan(0.5);
  });
});

describe('a controller that crashes while it primes', () => {
  it('finds what the agent measured, and nothing moves again', async () => {
    const unit = await new UnitFixture().boot();
    const doseId = press(unit);
    await hold(unit, doseId, 1_500);
    unit.crash();
    await unit.clock.advance(5_000);
    expect(unit.agent.running).toEqual([]);
    await unit.boot();
    await unit.clock.advance(10_000);
    expect(unit.services.doses.get(doseId)).toMatchObject({
      state: 'done',
      delivered_ml: unit.agent.givenMl.get(doseId),
    });
    expect(unit.agent.motions.get(doseId)).toBe(1);
  });

  it('and is back at once lets a button that is still held go on, and does not hold it itself', async () => {
    const unit = await new UnitFixture().boot();
    const doseId = press(unit);
    await unit.clock.advance(100);
    unit.crash();
    await unit.boot();
    expect(unit.services.pumps.get('a').state).toBe('priming');
    await hold(unit, doseId, 2_100);
    expect(unit.agent.running).toEqual([doseId]);
    await unit.clock.advance(3_000);
    expect(unit.services.doses.get(doseId).state).toBe('done');
  });

  it('between the intent and START never begins it, however soon it is back', async () => {
    const unit = await new UnitFixture().boot();
    unit.agent.lostRequests.add('startDose');
    const doseId = press(unit);
    await unit.clock.advance(5);
    unit.crash();
    unit.agent.lostRequests.clear();
    await unit.boot();
    await unit.clock.advance(10_000);
    expect(unit.services.doses.get(doseId)).toMatchObject({ state: 'missed', hi_ml: 0, code: 'E434' });
    expect(unit.services.doses.get(doseId).reason).toContain('whether its button is held');
    expect(unit.agent.motions.size).toBe(0);
  });
});

describe('an agent', () => {
  it('that dies while it primes leaves a partial dose with what was measured', async () => {
    const unit = await new UnitFixture().boot();
    const doseId = press(unit);
    await hold(unit, doseId, 900);
    unit.agent.kill();
    await unit.clock.advance(5_000);
    expect(unit.services.doses.get(doseId).state).toBe('running');
    unit.agent.restart();
    await unit.clock.advance(5_000);
    expect(unit.services.doses.get(doseId)).toMatchObject({
      state: 'partial',
      reason: expect.stringContaining('cut off'),
    });
    expect(unit.agent.motions.get(doseId)).toBe(1);
  });

  it('that cannot begin at once is asked again only while the press is fresh', async () => {
    const unit = await new UnitFixture().boot();
    unit.agent.refusal = { code: 'E207', message: 'not now' };
    const doseId = press(unit);
    await unit.clock.advance(400);
    unit.agent.refusal = null;
    await unit.clock.advance(200);
    expect(unit.agent.lastStart?.leaseMs).toBeLessThanOrEqual(500);
    expect(unit.services.doses.get(doseId).state).toBe('running');

    unit.agent.refusal = { code: 'E207', message: 'not now' };
    await letGo(unit, doseId);
    const late = press(unit);
    await unit.clock.advance(1_100);
    unit.agent.refusal = null;
    await unit.clock.advance(10_000);
    expect(unit.services.doses.get(late)).toMatchObject({ state: 'missed', code: 'E434' });
    expect(unit.agent.motions.has(late)).toBe(false);
  });
});

it('a renewal of what is no prime of the pump is a 404', async () => {
  const unit = await new UnitFixture().boot();
  const doseId = unit.orderAccepted('a', { volume_ml: 5 });
  const { doses } = unit.services;
  await expect(doses.renewPrime('a', doseId, OPERATOR)).rejects.toMatchObject({ code: 'E404' });
  await expect(doses.renewPrime('a', 'nope', OPERATOR)).rejects.toMatchObject({ code: 'E404' });
  const primed = press(unit, 'b');
  await expect(doses.renewPrime('a', primed, OPERATOR)).rejects.toMatchObject({ code: 'E404' });
});
