import { describe } from 'vitest';
import { faultCases } from './contract/fault-cases.ts';
import { motionCases } from './contract/motion-cases.ts';
import type { MakePumpRig } from './contract/pump-rig.ts';
import { safetyCases } from './contract/safety-cases.ts';

export * from './contract/pump-rig.ts';
export { FakeMb85rc256v } from './fram/fake-mb85rc256v.ts';
export { fakeI2cBus } from './i2c/fake-i2c-bus.ts';
export { FakeRelayBank } from './relay/fake-relay-bank.ts';

/**
 * What every pump driver must do, as a vitest suite. `makeRig` builds a driver with a board behind it that was never
 * made safe, at rest, its truth at 0. What a driver cannot do it says in its capabilities; the suite goes by them.
 */
export function pumpDriverContract(name: string, makeRig: MakePumpRig): void {
  describe(`pump driver contract: ${name}`, () => {
    motionCases(makeRig);
    faultCases(makeRig);
    safetyCases(makeRig);
  });
}
