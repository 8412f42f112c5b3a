export { campaignSize } from './campaign-size.ts';
export { ApiClient, problemOf, type Reply } from './client.ts';
export { EmulatorWindow, type Fault, type PumpTruth } from './emulator.ts';
export {
  guardOf,
  isPerista,
  killHard,
  PARTS,
  type PartName,
  pidOf,
  runPerista,
  runProgram,
  type TestProcess,
} from './processes.ts';
export { type CallPoint, callPoints, type Doomed, killAt } from './system-calls.ts';
export { tempFolder } from './temp-folder.ts';
export { PASSWORD, startUnit, type TestUnit } from './unit.ts';
export { until } from './until.ts';
