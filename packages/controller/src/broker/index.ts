/** What the broker's process is made of; it loads nothing of the server. */
export { aedesBroker } from './aedes-broker.ts';
export { type BrokerState, startBroker } from './broker.ts';
export { LIMITS } from './broker-limits.ts';
export { ClientDoor } from './client-door.ts';
export { isLoopback } from './loopback.ts';
export { openLocal, openTcp } from './node-door.ts';
