export type { ProfileName } from './board/board-profile.ts';
export type { BoardConditions, BoardQuirks } from './board/board-quirks.ts';
export { type BoardOptions, EmulatedBoard, type PumpTruth } from './board/emulated-board.ts';
export { type EmulatedHardware, type EmulatedHardwareOptions, startEmulatedHardware } from './emulated-hardware.ts';
export { boardOf, DEFAULT_EMULATED_PUMPS, type EmulatedPump } from './emulated-pump.ts';
export { factoryCalibration, relayFactoryCalibration } from './factory-calibration.ts';
export { fakeLine } from './line/fake-line.ts';
export { DEFAULT_EMULATED_RELAYS, type EmulatedRelayPump } from './relay/emulated-relay-pump.ts';
