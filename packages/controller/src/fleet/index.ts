export { type Fleet, fleetOf } from './fleet.ts';
export { NO_HISTORY } from './history/device-history-store.ts';
