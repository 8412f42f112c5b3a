/** What the broker's process is made of; it loads nothing of the server. */

export { argon2Hasher } from '../auth/argon2-hasher.ts';
export { PasswordCheck } from '../auth/password-check.ts';
export { NodeSqliteStore } from '../store/node-sqlite-store.ts';
export { aedesBroker } from './aedes-broker.ts';
export { type BrokerState, startBroker } from './broker.ts';
export { LIMITS } from './broker-limits.ts';
export { ClientDoor, KNOCK_RULES } from './client-door.ts';
export { isLoopback } from './loopback.ts';
export { openLocal, openTcp } from './node-door.ts';
export { UserBook } from './user-book.ts';
export { watchUsers } from './user-watch.ts';
