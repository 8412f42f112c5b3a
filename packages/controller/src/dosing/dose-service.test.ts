// Proves that an order is decided and recorded once, by every rule, whatever becomes of its commit (P2, P3, P5, I1, I5,
// I11).
import { isPeristaError } from '@perista/core';
import { describe, expect, it } from 'vitest';
import type { OrderOutcome } from '../services.ts';
import { FakeFailingStore } from '../store/fake-failing-store.ts';
import type { Store } from '../store/store.ts';
import { firstPump, OPERATOR, UnitFixture } from '../unit-fixture.ts';

const refusalOf = (outcome: OrderOutcome) => (outcome.kind === 'refused' ? outcome.refusal.reason : outcome.kind);

describe('an order under a key', () => {
  it('gets the same answer for ever, and moves once', async () => {
    const unit = await new UnitFixture().boot();
    const first = unit.order('a', { volume_ml: 5, duration_s: 20 }, 'k1');
    await unit.clock.advance(60_000);
    expect(unit.order('a', { duration_s: 20, volume_ml: 5, direction: 'forward' }, 'k1')).toEqual(first);
    unit.crash();
    await unit.boot();
    expect(unit.order('a', { volume_ml: 5, duration_s: 20 }, 'k1')).toEqual(first);
    await unit.clock.advance(60_000);
    expect([...unit.agent.motions.values()]).toEqual([1]);
  });

  it('is told apart from another body, and from the same key of another pump or actor', async () => {
    const unit = await new UnitFixture().boot();
    const doseId = unit.orderAccepted('a', { volume_ml: 5 }, 'k1');
    expect(unit.order('a', { volume_ml: 6 }, 'k1')).toEqual({ kind: 'key-reused', doseId });
    expect(unit.order('a', { volume_ml: 5, direction: 'reverse' }, 'k1').kind).toBe('key-reused');
    expect(unit.order('b', { volume_ml: 6 }, 'k1').kind).toBe('accepted');
    const other = { name: 'piotr', role: 'operator' } as const;
    const request = { volume_ml: 6 };
    expect(unit.services.doses.order({ pumpId: 'a', request, actor: other, cause: 'mqtt', key: 'k1' }).kind).toBe(
      'accepted',
    );
  });

  it('that was refused stays refused, although the reason is gone', async () => {
    const unit = await new UnitFixture().boot();
    unit.services.pumps.update('a', { enabled: false }, OPERATOR);
    const first = unit.order('a', { volume_ml: 5 }, 'k1');
    expect(refusalOf(first)).toBe('disabled');
    unit.services.pumps.update('a', { enabled: true }, OPERATOR);
    expect(unit.order('a', { volume_ml: 5 }, 'k1')).toEqual(first);
    const doseId = first.kind === 'refused' ? first.doseId : '';
    expect(unit.services.doses.get(doseId)).toMatchObject({
      state: 'refused',
      code: 'E431',
      delivered_ml: 0,
      hi_ml: 0,
    });
    await unit.clock.advance(60_000);
    expect(unit.agent.motions.size).toBe(0);
  });
});

describe('an order without a key', () => {
  it('is a new dose each time', async () => {
    const unit = await new UnitFixture().boot();
    expect(unit.orderAccepted('a', { volume_ml: 5 })).not.toBe(unit.orderAccepted('a', { volume_ml: 5 }));
  });
});

describe('the rules', () => {
  it('name the first that says no', async () => {
    const unit = await new UnitFixture({ firstPumps: [firstPump('a', { container_ml: 150 })] }).boot();
    expect(refusalOf(unit.order('a', { volume_ml: 50, duration_s: 2.5 }))).toBe('rate-too-high');
    expect(refusalOf(unit.order('a', { volume_ml: 101 }))).toBe('single-dose-limit');
    expect(refusalOf(unit.order('a', { volume_ml: 90 }))).toBe('accepted');
    expect(refusalOf(unit.order('a', { volume_ml: 90 }))).toBe('container');
    expect(refusalOf(unit.order('a', { volume_ml: 50, direction: 'reverse' }))).toBe('accepted');
    expect(refusalOf(unit.order('a', { volume_ml: 70 }))).toBe('hour-cap');
  });

  it('refuse what is not calibrated, and throw for what is not there', async () => {
    const unit = await new UnitFixture({ firstPumps: [firstPump('a')] }).boot();
    const { calibrationRuns: _, ...plain } = firstPump('raw');
    unit.services.pumps.create(plain, OPERATOR);
    expect(refusalOf(unit.order('raw', { volume_ml: 5 }))).toBe('not-calibrated');
    expect(() => unit.order('nope', { volume_ml: 5 })).toThrow('There is no pump "nope"');
  });

  it('count what is open at its most, give back what was not given, and forget after the window', async () => {
    const unit = await new UnitFixture().boot();
    const doseId = unit.orderAccepted('a', { volume_ml: 100, duration_s: 300 });
    unit.orderAccepted('a', { volume_ml: 90 });
    expect(refusalOf(unit.order('a', { volume_ml: 20 }))).toBe('hour-cap');
    await unit.clock.advance(30_000);
    await unit.clock.until(unit.services.stops.stopPump('a', OPERATOR));
    const given = unit.services.doses.get(doseId).delivered_ml ?? -1;
    expect(given).toBeGreaterThan(5);
    expect(unit.services.pumps.get('a').dosed_ml.hour).toBeCloseTo(given, 6);
    expect(refusalOf(unit.order('a', { volume_ml: 100 }))).toBe('accepted');
    await unit.clock.advance(3_600_000 + 400_000);
    expect(unit.services.pumps.get('a')).toMatchObject({ dosed_ml: { hour: 0 }, remaining_ml: { hour: 200 } });
    expect(unit.services.pumps.get('a').dosed_ml.day).toBeGreaterThan(100);
  });

  it('are not loosened by a wall clock that steps either way', async () => {
    const unit = await new UnitFixture().boot();
    unit.orderAccepted('a', { volume_ml: 100, duration_s: 200 });
    unit.orderAccepted('a', { volume_ml: 100, duration_s: 200 });
    await unit.clock.advance(500_000);
    for (const stepMs of [3 * 3_600_000, -24 * 3_600_000]) {
      unit.clock.stepWall(stepMs);
      expect(refusalOf(unit.order('a', { volume_ml: 5 }))).toBe('hour-cap');
    }
    unit.crash();
    await unit.boot();
    expect(refusalOf(unit.order('a', { volume_ml: 5 }))).toBe('hour-cap');
    await unit.clock.advance(3_600_000);
    expect(refusalOf(unit.order('a', { volume_ml: 5 }))).toBe('accepted');
  });
});

describe('a commit that throws', () => {
  const withFailingStore = async () => {
    const stores: FakeFailingStore[] = [];
    const wrapStore = (store: Store) => {
      const failing = new FakeFailingStore(store);
      stores.push(failing);
      return failing;
    };
    const unit = await new UnitFixture({ wrapStore }).boot();
    const fail = (failure: FakeFailingStore['failure']) => {
      const store = stores.at(-1);
      if (store !== undefined) store.failure = failure;
    };
    return { unit, fail };
  };

  it('and was durable is an accepted order, and moves', async () => {
    const { unit, fail } = await withFailingStore();
    fail('after-commit');
    const doseId = unit.orderAccepted('a', { volume_ml: 5 }, 'k1');
    await unit.clock.advance(60_000);
    expect(unit.services.doses.get(doseId).state).toBe('done');
  });

  it('and was not durable is told as a failure, and the order may be tried again', async () => {
    const { unit, fail } = await withFailingStore();
    fail('before-commit');
    try {
      unit.order('a', { volume_ml: 5 }, 'k1');
      expect.unreachable();
    } catch (error) {
      expect(isPeristaError(error, 'E301')).toBe(true);
    }
    await unit.clock.advance(60_000);
    expect(unit.agent.motions.size).toBe(0);
    expect(unit.order('a', { volume_ml: 5 }, 'k1').kind).toBe('accepted');
  });
});

describe('cancelling', () => {
  it('ends what waits, stops what runs, and refuses what is over', async () => {
    const unit = await new UnitFixture().boot();
    const running = unit.orderAccepted('a', { volume_ml: 20, duration_s: 60 });
    const waiting = unit.orderAccepted('a', { volume_ml: 20 });
    await unit.clock.advance(6_000);
    const { doses } = unit.services;
    expect(await unit.clock.until(doses.cancel(waiting, OPERATOR))).toMatchObject({ state: 'cancelled', hi_ml: 0 });
    const stopped = await unit.clock.until(doses.cancel(running, OPERATOR));
    expect(stopped).toMatchObject({ state: 'partial', reason: 'It was stopped by ola.' });
    expect(stopped.delivered_ml).toBeCloseTo(unit.agent.givenMl.get(running) ?? -1, 9);
    await expect(doses.cancel(running, OPERATOR)).rejects.toThrow('is over (partial)');
    await unit.clock.advance(60_000);
    expect(unit.agent.motions.size).toBe(1);
  });

  it('of a dose whose agent is gone does not keep it alive', async () => {
    const unit = await new UnitFixture().boot();
    const doseId = unit.orderAccepted('a', { volume_ml: 20, duration_s: 60 });
    await unit.clock.advance(5_000);
    unit.agent.lostRequests.add('stopDose');
    await expect(unit.clock.until(unit.services.doses.cancel(doseId, OPERATOR))).rejects.toThrow('did not answer');
    await unit.clock.advance(4_000);
    expect(unit.services.doses.get(doseId)).toMatchObject({ state: 'partial', code: 'E206' });
  });
});

describe('the list of doses', () => {
  it('goes back page by page, newest first, and filters', async () => {
    const unit = await new UnitFixture().boot();
    const ids = ['1', '2', '3', '4', '5'].map((key) =>
      unit.orderAccepted(key === '3' ? 'b' : 'a', { volume_ml: 1 }, key),
    );
    const { doses } = unit.services;
    const first = doses.list({ limit: 2 });
    const second = doses.list({ limit: 2, cursor: first.next_cursor ?? '' });
    const third = doses.list({ limit: 2, cursor: second.next_cursor ?? '' });
    const listed = [first, second, third].flatMap(({ items }) => items.map(({ dose_id }) => dose_id));
    expect(listed).toEqual(ids.toReversed());
    expect(third.next_cursor).toBeNull();
    expect(doses.list({ limit: 9, pump_id: 'b' }).items).toHaveLength(1);
    expect(doses.list({ limit: 9, state: 'queued' }).items).toHaveLength(3);
    expect(() => doses.list({ limit: 9, cursor: 'x' })).toThrow('cursor must be');
    expect(() => doses.get('nope')).toThrow('There is no dose');
  });
});
