import { BOARD_FAULTS } from './board-faults.ts';
import { BROKER_FAULTS } from './broker-faults.ts';
import type { Fault } from './fault.ts';
import { LINK_FAULTS } from './link-faults.ts';
import { MQTT_ACTS } from './mqtt-acts.ts';
import { PEER_FAULTS } from './peer-faults.ts';
import { PROCESS_FAULTS } from './process-faults.ts';
import { RELAY_FAULTS } from './relay-faults.ts';
import { SCHEDULE_ACTS } from './schedule-acts.ts';
import { STORAGE_FAULTS } from './storage-faults.ts';
import { TIME_FAULTS } from './time-faults.ts';
import { USER_ACTS } from './user-acts.ts';

/** Everything that can go wrong in a simulated world, by name. New ones come last: swarms of a seed stay what they were. */
export const FAULT_TABLE: Readonly<Record<string, Fault>> = {
  ...PROCESS_FAULTS,
  ...LINK_FAULTS,
  ...BOARD_FAULTS,
  ...STORAGE_FAULTS,
  ...USER_ACTS,
  ...RELAY_FAULTS,
  ...SCHEDULE_ACTS,
  ...TIME_FAULTS,
  ...MQTT_ACTS,
  ...BROKER_FAULTS,
  ...PEER_FAULTS,
};

export const FAULT_NAMES: readonly string[] = Object.keys(FAULT_TABLE);
