// Proves that waiting doses take their turn, and start within their window or not at all (P4, P18, P19, I9).
import { PeristaError } from '@perista/core';
import { describe, expect, it } from 'vitest';
import type { Store } from '../store/store.ts';
import { firstPump, OPERATOR, UnitFixture } from '../unit-fixture.ts';
import { MAX_QUEUED } from './admission.ts';

const SLOW = firstPump('a', {
  limits: { single_ml: 100, duration_s: 3_000, hour_ml: 200, day_ml: 500, week_ml: 2000 },
});

const GROUP = [firstPump('a', { mutex_group: 'g' }), firstPump('b', { mutex_group: 'g' }), firstPump('c')];

describe('doses of one group', () => {
  it('run one after the other in the order they came, while other pumps run beside them', async () => {
    const unit = await new UnitFixture({ firstPumps: GROUP }).boot();
    const ids = ['a', 'b', 'a'].map((pump) => unit.orderAccepted(pump, { volume_ml: 5, duration_s: 20 }));
    const apart = unit.orderAccepted('c', { volume_ml: 5, duration_s: 20 });
    expect(unit.services.doses.list({ limit: 9 }).items.map(({ state }) => state)).toEqual([
      'accepted',
      'queued',
      'queued',
      'accepted',
    ]);
    for (const doseId of ids) {
      await unit.clock.advance(10_000);
      expect(unit.agent.running.filter((running) => running !== apart)).toEqual([doseId]);
      await unit.clock.advance(11_000);
    }
    expect(unit.services.doses.list({ limit: 9 }).items.map(({ state }) => state)).toEqual(Array(4).fill('done'));
  });

  it('wait up to a bound', async () => {
    const unit = await new UnitFixture().boot();
    for (let count = 0; count <= MAX_QUEUED; count++) unit.orderAccepted('a', { volume_ml: 1 });
    const outcome = unit.order('a', { volume_ml: 1 });
    expect(outcome.kind === 'refused' && outcome.refusal.reason).toBe('queue-full');
  });

  it('wait on over a restart, for no longer although the clock was set back', async () => {
    const unit = await new UnitFixture({ firstPumps: [SLOW] }).boot();
    unit.orderAccepted('a', { volume_ml: 100, duration_s: 2_900 });
    const waiting = unit.orderAccepted('a', { volume_ml: 5 });
    await unit.clock.advance(1_000_000);
    unit.crash();
    unit.clock.stepWall(-3_600_000);
    await unit.boot();
    await unit.clock.advance(700_000);
    expect(unit.services.doses.get(waiting).state).toBe('queued');
    await unit.clock.advance(1_110_000);
    expect(unit.services.doses.get(waiting).state).toBe('missed');
  });

  it('are missed when their half hour is over by the monotonic clock, with what stood in their way', async () => {
    const unit = await new UnitFixture({ firstPumps: [SLOW] }).boot();
    unit.orderAccepted('a', { volume_ml: 100, duration_s: 2_500 });
    const waiting = unit.orderAccepted('a', { volume_ml: 5 });
    await unit.clock.advance(1_799_000);
    expect(unit.services.doses.get(waiting).state).toBe('queued');
    unit.clock.stepWall(-3_600_000);
    await unit.clock.advance(2_000);
    const dose = unit.services.doses.get(waiting);
    expect(dose).toMatchObject({ state: 'missed', code: 'E434', hi_ml: 0 });
    expect(dose.reason).toContain('Other doses of this pump or its group were before it');
  });

  it('do not start on a pump that broke meanwhile, until it is released', async () => {
    const unit = await new UnitFixture().boot();
    unit.agent.nextFault = { ml: 2, code: 'E102' };
    const broken = unit.orderAccepted('a', { volume_ml: 10, duration_s: 30 });
    const waiting = unit.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    await unit.clock.advance(60_000);
    expect(unit.services.doses.get(broken)).toMatchObject({ state: 'partial', code: 'E102', delivered_ml: 2 });
    expect(unit.services.doses.get(waiting).state).toBe('queued');
    const pump = unit.services.pumps.get('a');
    expect(pump).toMatchObject({ state: 'fault', fault: { code: 'E102' }, blocked_by: [{ code: 'E433' }] });
    expect(unit.services.health.read()).toMatchObject({
      status: 'degraded',
      reasons: [expect.stringContaining('E102')],
    });
    const outcome = unit.order('a', { volume_ml: 1 });
    expect(outcome.kind === 'refused' && outcome.refusal.code).toBe('E433');
    const released = await unit.clock.until(unit.services.pumps.release('a', 'freed the tube', OPERATOR));
    expect(released.fault).toBeNull();
    await unit.clock.advance(30_000);
    expect(unit.services.doses.get(waiting).state).toBe('done');
    expect(unit.kinds().filter((kind) => kind === 'pump_fault')).toHaveLength(1);
    expect(unit.services.health.read().status).toBe('ok');
  });
});

describe('a dose that waits', () => {
  it('is refused when its caps have no room for it any more, and the next is asked', async () => {
    const unit = await new UnitFixture().boot();
    unit.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    const [large, small] = [60, 1].map((volume_ml) => unit.orderAccepted('a', { volume_ml }));
    unit.services.pumps.update('a', { limits: { hour_ml: 30 } }, OPERATOR);
    await unit.clock.advance(30_000);
    expect(unit.services.doses.get(large ?? '')).toMatchObject({ state: 'refused', code: 'E424', hi_ml: 0 });
    expect(unit.services.doses.get(small ?? '').state).toBe('done');
  });

  it('is refused when its container does not hold enough any more', async () => {
    const unit = await new UnitFixture().boot();
    unit.orderAccepted('a', { volume_ml: 5, duration_s: 20 });
    const [large, back, small] = [
      unit.orderAccepted('a', { volume_ml: 60 }),
      unit.orderAccepted('a', { volume_ml: 60, direction: 'reverse' }),
      unit.orderAccepted('a', { volume_ml: 1 }),
    ];
    unit.services.containers.update('a', { low_ml: 4_980, empty_ml: 4_970 }, OPERATOR);
    await unit.clock.advance(300_000);
    expect(unit.services.doses.get(large)).toMatchObject({ state: 'refused', code: 'E429', hi_ml: 0 });
    expect([back, small].map((doseId) => unit.services.doses.get(doseId).state)).toEqual(['done', 'done']);
  });

  it('is not begun by a unit that stops', async () => {
    const unit = await new UnitFixture().boot();
    unit.orderAccepted('a', { volume_ml: 1, duration_s: 4 });
    const next = unit.orderAccepted('a', { volume_ml: 1, duration_s: 4 });
    await unit.clock.advance(3_000);
    await unit.clock.until(unit.unit.stop());
    await unit.clock.advance(1_000);
    expect(unit.agent.motions.get(next)).toBeUndefined();
  });
});

describe('a commit that fails and yet stands', () => {
  it('of the mark that START is on its way leaves no dose that nobody looks after', async () => {
    let failures = 1;
    const falseAlarm = (store: Store): Store => ({
      all: (sql, ...params) => store.all(sql, ...params),
      get: (sql, ...params) => store.get(sql, ...params),
      transaction: (work) => store.transaction(work),
      close: () => store.close(),
      run: (sql, ...params) => {
        const done = store.run(sql, ...params);
        if (sql.includes('sent_epoch = ?') && failures-- > 0) throw new PeristaError('E301');
        return done;
      },
    });
    const unit = await new UnitFixture({ firstPumps: [SLOW], wrapStore: falseAlarm }).boot();
    const doseId = unit.orderAccepted('a', { volume_ml: 1, duration_s: 5 });
    await unit.clock.advance(10_000);
    expect(unit.services.doses.get(doseId).state).toBe('done');
    expect(unit.agent.motions.get(doseId)).toBe(1);
  });
});
