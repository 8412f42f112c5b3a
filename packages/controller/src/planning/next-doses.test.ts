// What comes next is not worked out anew for each word about a dose, and yet is never what an older plan said.
import { silentLog, VirtualClock } from '@perista/core';
import { expect, it } from 'vitest';
import { EventBus } from '../events/event-bus.ts';
import type { PumpRecord } from '../pumps/pump-row.ts';
import { NextDoses } from './next-doses.ts';
import type { PlannedDose } from './planned-doses.ts';

const PUMP = { pumpId: 'ph-down' } as PumpRecord;
const event = (kind: string) => ({
  ...{ seq: 1, at: '2026-03-01T00:00:00.000Z', severity: 'info' as const, actor: null, data: {} },
  ...{ kind, pump_id: 'ph-down', dose_id: null },
});

it('stands while doses come and go, until a plan changes, its dose is due, or a minute is over', async () => {
  const clock = new VirtualClock();
  const bus = new EventBus(silentLog);
  const nowMs = clock.wallMs();
  let planned: PlannedDose | null = { atMs: nowMs + 90_000, volumeMl: 1, scheduleId: 's-1' };
  const nextDoses = new NextDoses({ clock, bus, planned: { between: () => [], next: () => planned } });
  const nextMl = () => nextDoses.of(PUMP)?.volumeMl;
  expect(nextMl()).toBe(1);

  planned = { atMs: nowMs + 10_000, volumeMl: 2, scheduleId: 's-1' };
  for (const kind of ['dose_queued', 'dose_started', 'dose_settled', 'dose_missed', 'agent_lost']) {
    bus.publish('event', event(kind));
  }
  expect(nextMl()).toBe(1);
  bus.publish('event', event('schedule_changed'));
  expect(nextMl()).toBe(2);

  planned = { atMs: nowMs + 90_000, volumeMl: 3, scheduleId: 's-1' };
  await clock.advance(9_999);
  expect(nextMl()).toBe(2);
  await clock.advance(1);
  expect(nextMl()).toBe(3);

  planned = null;
  await clock.advance(59_999);
  expect(nextMl()).toBe(3);
  await clock.advance(1);
  expect(nextMl()).toBeUndefined();
});
