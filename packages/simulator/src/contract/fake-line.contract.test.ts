import { pumpDriverContract } from '@perista/drivers/contract';
import { emulatedRigs, virtualWorld } from './emulated-rig.ts';

pumpDriverContract('SERVO42C on a fake line, in virtual time', emulatedRigs(virtualWorld));

pumpDriverContract(
  'SERVO42C with every bad manner that was met',
  emulatedRigs(virtualWorld, {
    repeatsRequests: true,
    clearingRunDisables: true,
    enabledAtPowerOn: false,
    positionResetsOnEnable: true,
    strayByteShare: 0.2,
    turnaroundMs: 5,
  }),
);
