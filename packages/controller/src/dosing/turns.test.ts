// Proves that pumps are kept apart in time, whoever orders, over restarts and steps of the clock (P4, P19, P20).
import type { Separations } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import { firstPump, OPERATOR, UnitFixture } from '../unit-fixture.ts';

const MINUTE_MS = 60_000;
const SHORT = { volume_ml: 5, duration_s: 20 };

async function bootApart(minutes = 10, firstPumps = ['alk', 'ca', 'mg'].map((id) => firstPump(id))) {
  const unit = await new UnitFixture({ firstPumps }).boot();
  unit.services.separations.replace({ items: [{ pumps: ['ca', 'alk'], minutes }] }, OPERATOR);
  return unit;
}

const stateOf = (unit: UnitFixture, doseId: string) => unit.services.doses.get(doseId).state;

/** A dose of alk that is over, then one of ca. */
async function bootWaiting(minutes?: number) {
  const unit = await bootApart(minutes);
  unit.orderAccepted('alk', SHORT);
  await unit.clock.advance(25_000);
  return { unit, waiting: unit.orderAccepted('ca', SHORT) };
}

describe('a pump that is kept apart from another', () => {
  it('waits from the end of the dose of the other for the minutes between them, and not longer', async () => {
    const unit = await bootApart();
    const first = unit.orderAccepted('alk', SHORT);
    const waiting = unit.orderAccepted('ca', SHORT);
    const free = unit.orderAccepted('mg', SHORT);
    expect([first, waiting, free].map((id) => stateOf(unit, id))).toEqual(['accepted', 'queued', 'accepted']);
    await unit.clock.advance(25_000);
    const endedMs = Date.parse(unit.services.doses.get(first).ended_at ?? '');
    await unit.clock.advance(endedMs + 10 * MINUTE_MS - unit.clock.wallMs() - 1_500);
    expect(stateOf(unit, waiting)).toBe('queued');
    await unit.clock.advance(3_000);
    expect(stateOf(unit, waiting)).toBe('running');
    expect(Date.parse(unit.services.doses.get(waiting).started_at ?? '') - endedMs).toBeGreaterThanOrEqual(600_000);
  });

  it('says so in the queue and at the pump, with the other and the earliest start', async () => {
    const { unit, waiting } = await bootWaiting();
    const [item, ...others] = unit.services.queue.read().items;
    expect(others).toEqual([]);
    expect(item).toMatchObject({ dose_id: waiting, pump_id: 'ca', code: 'E443', waits_for: 'alk', cause: 'manual' });
    expect(item?.reason).toContain('kept 10 min apart from pump "alk"');
    const inMs = Date.parse(item?.earliest_at ?? '') - unit.clock.wallMs();
    expect(inMs).toBeGreaterThan(9.8 * MINUTE_MS);
    expect(inMs).toBeLessThanOrEqual(10 * MINUTE_MS);
    expect(unit.services.pumps.get('ca')).toMatchObject({ state: 'queued', blocked_by: [{ code: 'E443' }] });
    expect(unit.services.pumps.get('mg').blocked_by).toEqual([]);
  });

  it('is not overtaken by those it waits for', async () => {
    const { unit, waiting } = await bootWaiting();
    const later = unit.orderAccepted('alk', SHORT);
    await unit.clock.advance(10 * MINUTE_MS);
    expect([waiting, later].map((id) => stateOf(unit, id))).toEqual(['running', 'queued']);
    await unit.clock.advance(11 * MINUTE_MS);
    expect([waiting, later].map((id) => stateOf(unit, id))).toEqual(['done', 'done']);
  });

  it('waits longer than the half hour of a queue where it must, and can be cancelled', async () => {
    const { unit, waiting } = await bootWaiting(90);
    const unwanted = unit.orderAccepted('ca', SHORT);
    await unit.clock.advance(60 * MINUTE_MS);
    await unit.services.doses.cancel(unwanted, OPERATOR);
    expect([waiting, unwanted].map((id) => stateOf(unit, id))).toEqual(['queued', 'cancelled']);
    await unit.clock.advance(31 * MINUTE_MS);
    expect(stateOf(unit, waiting)).toBe('done');
  });

  it('starts at once when the two are not kept apart any more', async () => {
    const { unit, waiting } = await bootWaiting();
    unit.services.separations.replace({ items: [] }, OPERATOR);
    await unit.clock.advance(1_000);
    expect(stateOf(unit, waiting)).toBe('running');
  });

  it('does not prime', async () => {
    const { unit } = await bootWaiting();
    await unit.services.doses.cancel(unit.services.queue.read().items[0]?.dose_id ?? '', OPERATOR);
    const outcome = unit.services.doses.prime({ pumpId: 'ca', request: { max_s: 5 }, actor: OPERATOR });
    expect(outcome.kind === 'refused' && outcome.refusal.code).toBe('E443');
  });

  it('misses what is due and would be too late, with the reason', async () => {
    const unit = await bootApart(30);
    const due = { cron: '5 13 * * *', volume_ml: 5, tolerance_s: 600 };
    unit.services.schedules.create({ pump_id: 'ca', ...due }, OPERATOR);
    await unit.clock.advance(4 * MINUTE_MS);
    unit.orderAccepted('alk', SHORT);
    await unit.clock.advance(12 * MINUTE_MS);
    const missed = unit.events().filter(({ kind }) => kind === 'dose_missed');
    expect(missed).toMatchObject([{ pump_id: 'ca', data: { code: 'E443', cause: 'schedule' } }]);
    expect(missed[0]?.data.reason).toContain('kept 30 min apart from pump "alk"');
  });
});

describe('the preview of the plan', () => {
  it('keeps pumps apart as the queue then does', async () => {
    const unit = await bootApart();
    for (const pump_id of ['alk', 'ca']) {
      unit.services.schedules.create({ pump_id, cron: '5 13 * * *', volume_ml: 5, duration_s: 20 }, OPERATOR);
    }
    const { doses } = await unit.clock.until(unit.services.plan.preview({ days: 1 }));
    await unit.clock.advance(20 * MINUTE_MS);
    const startOf = (starts: string | null | undefined) => Math.round(Date.parse(starts ?? '') / 10_000);
    const given = unit.services.doses.list({ limit: 9 }).items.reverse();
    expect(given.map(({ pump_id, state }) => [pump_id, state])).toEqual([
      ['alk', 'done'],
      ['ca', 'done'],
    ]);
    expect(doses.map(({ starts_at }) => startOf(starts_at))).toEqual(
      given.map(({ started_at }) => startOf(started_at)),
    );
  });
});

describe('what lies before a restart', () => {
  it('still counts, and no step of the clock shortens it', async () => {
    const { unit, waiting } = await bootWaiting();
    await unit.clock.advance(4 * MINUTE_MS);
    unit.clock.stepWall(3_600_000);
    await unit.clock.advance(4 * MINUTE_MS);
    expect(stateOf(unit, waiting)).toBe('queued');
    unit.clock.stepWall(-3_600_000);
    unit.crash();
    await unit.boot();
    expect(stateOf(unit, waiting)).toBe('queued');
  });

  it('counts as if it were just over where nobody vouches for the clock', async () => {
    const { unit, waiting } = await bootWaiting();
    await unit.clock.advance(9 * MINUTE_MS);
    unit.crash();
    unit.isSynchronised = false;
    unit.bootId = 'second';
    await unit.boot();
    await unit.clock.advance(9 * MINUTE_MS);
    expect(stateOf(unit, waiting)).toBe('queued');
    await unit.clock.advance(2 * MINUTE_MS);
    expect(stateOf(unit, waiting)).toBe('done');
  });

  it('is over when its minutes are, where the clock is trusted', async () => {
    const { unit, waiting } = await bootWaiting();
    await unit.clock.advance(9 * MINUTE_MS);
    unit.crash();
    await unit.boot();
    expect(stateOf(unit, waiting)).toBe('queued');
    await unit.clock.advance(2 * MINUTE_MS);
    expect(stateOf(unit, waiting)).toBe('done');
  });
});

describe('the matrix', () => {
  const replace = (items: Separations['items']) => async () => {
    const unit = await bootApart();
    return unit.services.separations.replace({ items }, OPERATOR);
  };

  it('is told in the event log, before and after, when it changes', async () => {
    const unit = await bootApart();
    unit.services.separations.replace({ items: [{ pumps: ['alk', 'ca'], minutes: 10 }] }, OPERATOR);
    unit.services.separations.replace({ items: [{ pumps: ['mg', 'ca'], minutes: 5 }] }, OPERATOR);
    expect(unit.events().filter(({ kind }) => kind === 'separations_changed')).toMatchObject([
      { actor: 'ola', data: { before: [], after: [{ pumps: ['alk', 'ca'], minutes: 10 }] } },
      { data: { before: [{ pumps: ['alk', 'ca'], minutes: 10 }], after: [{ pumps: ['ca', 'mg'], minutes: 5 }] } },
    ]);
  });

  it('is refused as a whole with the key and the rule', async () => {
    await expect(replace([{ pumps: ['alk', 'nobody'], minutes: 5 }])()).rejects.toMatchObject({
      code: 'E402',
      errors: [{ path: 'items.0.pumps.1', message: 'must be a pump that there is; is "nobody"' }],
    });
    await expect(replace([{ pumps: ['alk', 'alk'], minutes: 5 }])()).rejects.toMatchObject({
      errors: [{ path: 'items.0.pumps', message: 'must be two pumps; is "alk" twice' }],
    });
    const twice: Separations['items'] = [
      { pumps: ['alk', 'ca'], minutes: 5 },
      { pumps: ['ca', 'alk'], minutes: 6 },
    ];
    await expect(replace(twice)()).rejects.toMatchObject({
      errors: [{ path: 'items.1.pumps', message: 'must be a pair that is not listed yet; is that of items.0' }],
    });
  });

  it('forgets a pump that is removed', async () => {
    const unit = await bootApart();
    unit.services.pumps.remove('alk', OPERATOR);
    expect(unit.services.separations.read().items).toEqual([]);
  });
});
