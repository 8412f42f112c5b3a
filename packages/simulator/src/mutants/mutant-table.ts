import { CLOCK_MUTANTS } from './clock-mutants.ts';
import { DRIVER_MUTANTS } from './driver-mutants.ts';
import { JOURNAL_MUTANTS } from './journal-mutants.ts';
import { LINK_MUTANTS } from './link-mutants.ts';
import { MQTT_MUTANTS } from './mqtt-mutants.ts';
import type { Mutant } from './mutant.ts';
import { PLAN_MUTANTS } from './plan-mutants.ts';
import { RELAY_MUTANTS } from './relay-mutants.ts';
import { SCHEDULE_MUTANTS } from './schedule-mutants.ts';
import { SERVICE_MUTANTS } from './service-mutants.ts';
import { SINK_MUTANTS } from './sink-mutants.ts';
import { STORE_MUTANTS } from './store-mutants.ts';

/** Defects that the checker must find. */
export const MUTANTS: Readonly<Record<string, Mutant>> = {
  ...JOURNAL_MUTANTS,
  ...DRIVER_MUTANTS,
  ...LINK_MUTANTS,
  ...STORE_MUTANTS,
  ...SERVICE_MUTANTS,
  ...CLOCK_MUTANTS,
  ...RELAY_MUTANTS,
  ...PLAN_MUTANTS,
  ...SCHEDULE_MUTANTS,
  ...MQTT_MUTANTS,
  ...SINK_MUTANTS,
};
