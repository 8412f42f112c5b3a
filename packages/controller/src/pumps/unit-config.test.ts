// Proves that what was set of a pump's board reaches the agent, and that any change of it is noticed (I17).
import { describe, expect, it } from 'vitest';
import { newPumpInput } from '../unit-fixture.ts';
import { newPump } from './pump-service.ts';
import { pumpConfigHash, unitConfig } from './unit-config.ts';

const { hardware } = newPumpInput('a');
const pumpWith = (change: Partial<typeof hardware>) =>
  newPump(newPumpInput('a', { hardware: { ...hardware, ...change } }));

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
      },
    ]);
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
