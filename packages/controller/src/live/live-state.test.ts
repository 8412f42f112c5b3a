// A snapshot has the newest of everything, also of what is no news by itself.
import { assert, PeristaError, VirtualClock } from '@perista/core';
import { expect, it } from 'vitest';
import { doseRow } from '../http/fake-rows.ts';
import { fakeServices } from '../http/fake-services.ts';
import { LiveState } from './live-state.ts';

it('shows the progress of a dose without telling it as a change of the pump', () => {
  const clock = new VirtualClock();
  const services = fakeServices(clock);
  const [pump] = services.pumps.list();
  assert(pump !== undefined, 'there is a pump');
  const at = (elapsed_s: number) => ({
    ...pump,
    current_dose: doseRow({ state: 'running', progress: { delivered_ml: 1, remaining_s: 9, elapsed_s } }),
  });
  const state = new LiveState({ clock, services, isAgentPresent: () => true });
  state.markAllAndSlow();
  services.pumps.list = () => [at(1)];
  expect([...state.readNews()].map(({ key }) => key)).toEqual(['unit', 'pump ph-down']);
  services.pumps.list = () => [at(2)];
  state.markAllAndSlow();
  expect([...state.readNews()]).toEqual([]);
  expect(state.snapshot().pumps).toEqual([at(2)]);
});

it('tells a stop that is latched, and what ails the unit, also while its database cannot be read', () => {
  const clock = new VirtualClock();
  const services = fakeServices(clock);
  const state = new LiveState({ clock, services, isAgentPresent: () => false });
  state.reset();
  expect([...state.readNews()]).toHaveLength(2);

  const broken = (): never => {
    throw new PeristaError('E301', 'the disk is gone');
  };
  services.health.read = broken;
  services.pumps.list = broken;
  const latched = { ...services.stops.state(), latched: true };
  services.stops.state = () => latched;
  state.markAll();
  const news: object[] = [];
  expect(() => {
    for (const parcel of state.readNews()) news.push(parcel.delta.news);
  }).toThrow('the disk is gone');
  expect(news).toMatchObject([
    { emergency_stop: { latched: true }, health: { status: 'degraded', reasons: ['the disk is gone'] }, agent: false },
  ]);
});
