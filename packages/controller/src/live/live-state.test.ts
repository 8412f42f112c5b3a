// A snapshot has the newest of everything, also of what is no news by itself.
import { assert, VirtualClock } from '@perista/core';
import { expect, it } from 'vitest';
import { doseRow, fakeServices } from '../http/fake-services.ts';
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
  expect(state.readNews().map(({ key }) => key)).toEqual(['unit', 'pump ph-down']);
  services.pumps.list = () => [at(2)];
  state.markAllAndSlow();
  expect(state.readNews()).toEqual([]);
  expect(state.snapshot().pumps).toEqual([at(2)]);
});
