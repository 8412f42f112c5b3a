// Proves that what was set of a pump's board reaches the agent, and that any change of it is noticed (I17).
import type { StepperHardware } from '@perista/protocol/api';
import { describe, expect, it } from 'vitest';
import { newPumpInput, STEPPER } from '../unit-fixture.ts';
import { newPump } from './new-pump.ts';
import { pumpConfigHash, unitConfig } from './unit-config.ts';

const pumpWith = (change: Partial<StepperHardware>) =>
  newPump(newPumpInput('a', { hardware: { ...STEPPER, ...change } }));

describe('the configuration of a unit', () => {
  it('tells the agent how a board is wired, what it bears, and the limits that the agent enforces alone', () => {
    const pump = pumpWith({ line: 'main', address: 0xe3, invert: true, polls_while_moving: true });
    expect(unitConfig([pump]).pumps).toEqual([
      {
        pumpId: 'a',
        lineId: 'main',
        address: 0xe3,
        microstep: 16,
        stepsPerRev: 200,
        invert: true,
        dialect: 'auto',
        mutexGroup: '',
        singleMl: 100,
        durationS: 600,
        pollsWhileMoving: true,
        relayChannel: 0,
      },
    ]);
  });

  it('tells the agent the relay of a pump that has no board, and the group that all relays are in', () => {
    const relay = (channel: number) => newPump(newPumpInput('a', { hardware: { kind: 'relay', channel } }));
    expect(unitConfig([relay(3)]).pumps).toMatchObject([
      { pumpId: 'a', relayChannel: 3, lineId: '', stepsPerRev: 0, mutexGroup: 'relays', singleMl: 100 },
    ]);
    expect(pumpConfigHash(relay(4))).not.toBe(pumpConfigHash(relay(3)));
  });

  it.each([{ line: 'other' }, { address: 0xe4 }, { microstep: 32 }, { invert: true }, { polls_while_moving: true }])(
    'has another hash with %o',
    (change) => {
      expect(pumpConfigHash(pumpWith(change))).not.toBe(pumpConfigHash(pumpWith({})));
    },
  );

  it('does not depend on the order in which pumps are listed', () => {
    const [a, b] = [newPump(newPumpInput('a')), newPump(newPumpInput('b'))];
    expect(unitConfig([a, b])).toEqual(unitConfig([b, a]));
  });
});
