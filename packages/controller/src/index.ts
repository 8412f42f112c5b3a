export { zmqDealerFrames } from './agent-link/zmq-dealer-frames.ts';
export { argon2Hasher } from './auth/argon2-hasher.ts';
export type { Hasher } from './auth/hasher.ts';
export {
  type AssembledController,
  type AssemblyPorts,
  assembleController,
  type Controller,
  type ControllerPorts,
  startController,
  startUnit,
  type Unit,
  type UnitPorts,
} from './controller.ts';
export type { FirstPump } from './pumps/first-pumps.ts';
export * from './services.ts';
export { NodeSqliteStore } from './store/node-sqlite-store.ts';
export * from './store/store.ts';
