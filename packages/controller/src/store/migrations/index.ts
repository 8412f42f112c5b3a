import { ACCOUNTS_MIGRATION } from '../../auth/accounts-migration.ts';
import { AUTH_MIGRATION } from '../../auth/auth-migration.ts';
import type { Migration } from '../migrate.ts';
import { CALIBRATION_MIGRATION } from './calibration-migration.ts';
import { CONTAINERS_MIGRATION } from './containers-migration.ts';
import { DOSE_TOTALS_MIGRATION } from './dose-totals-migration.ts';
import { FLEET_MIGRATION } from './fleet-migration.ts';
import { HISTORY_MIGRATION } from './history-migration.ts';
import { HOME_ASSISTANT_MIGRATION } from './home-assistant-migration.ts';
import { HUB_MIGRATION } from './hub-migration.ts';
import { LEDGER_MIGRATION } from './ledger-migration.ts';
import { MQTT_MIGRATION } from './mqtt-migration.ts';
import { MQTT_USERS_MIGRATION } from './mqtt-users-migration.ts';
import { NOTIFICATIONS_MIGRATION } from './notifications-migration.ts';
import { REMOTE_LOG_MIGRATION } from './remote-log-migration.ts';
import { SCHEDULES_MIGRATION } from './schedules-migration.ts';
import { SEPARATIONS_MIGRATION } from './separations-migration.ts';
import { WEEKLY_PLAN_MIGRATION } from './weekly-plan-migration.ts';

/** The schema's history. Add at the end. */
export const MIGRATIONS: readonly Migration[] = [
  { version: 1, name: 'ledger', script: LEDGER_MIGRATION },
  { version: 2, name: 'auth', script: AUTH_MIGRATION },
  { version: 3, name: 'accounts', script: ACCOUNTS_MIGRATION },
  { version: 4, name: 'history', script: HISTORY_MIGRATION },
  { version: 5, name: 'dose totals', script: DOSE_TOTALS_MIGRATION },
  { version: 6, name: 'weekly plan', script: WEEKLY_PLAN_MIGRATION },
  { version: 7, name: 'remote log', script: REMOTE_LOG_MIGRATION },
  { version: 8, name: 'containers', script: CONTAINERS_MIGRATION },
  { version: 9, name: 'calibration sessions', script: CALIBRATION_MIGRATION },
  { version: 10, name: 'schedules', script: SCHEDULES_MIGRATION },
  { version: 11, name: 'notifications', script: NOTIFICATIONS_MIGRATION },
  { version: 12, name: 'separations', script: SEPARATIONS_MIGRATION },
  { version: 13, name: 'mqtt', script: MQTT_MIGRATION },
  { version: 14, name: 'fleet', script: FLEET_MIGRATION },
  { version: 15, name: 'home assistant', script: HOME_ASSISTANT_MIGRATION },
  { version: 16, name: 'mqtt users', script: MQTT_USERS_MIGRATION },
  { version: 17, name: 'hub', script: HUB_MIGRATION },
];
