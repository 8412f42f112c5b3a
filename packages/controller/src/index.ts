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
} from './controller.ts';
export { nodeEventLoopLag } from './metrics/node-event-loop-lag.ts';
export * from './mqtt/index.ts';
export type { NotificationService } from './notifications/notification-service.ts';
export type { Outside } from './notifications/senders.ts';
export { fetchHttpOut } from './outgoing/fetch-http-out.ts';
export type { HttpOut, HttpPost, HttpReply } from './outgoing/http-out.ts';
export type { Mail, MailOut } from './outgoing/mail-out.ts';
export { nodemailerMailOut } from './outgoing/nodemailer-mail-out.ts';
export { outletsOf } from './outlets.ts';
export type { FirstPump } from './pumps/first-pumps.ts';
export { recurringOf } from './schedules/recurrence-of.ts';
export { zoneNamed } from './schedules/temporal-zone.ts';
export * from './services.ts';
export { NOTHING_SET, type SettingsShelf } from './settings/settings-shelf.ts';
export { NodeSqliteStore } from './store/node-sqlite-store.ts';
export * from './store/store.ts';
export { startUnit, type Unit, type UnitPorts } from './unit.ts';
export { markImageImported } from './unit-image/mark-imported.ts';
