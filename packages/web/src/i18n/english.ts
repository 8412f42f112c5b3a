import { about } from './en/about.ts';
import { access } from './en/access.ts';
import { calibrate } from './en/calibrate.ts';
import { dosingUnit } from './en/dosing-unit.ts';
import { fleet } from './en/fleet.ts';
import { mqttUsers } from './en/mqtt-users.ts';
import { notifications } from './en/notifications.ts';
import { plan } from './en/plan.ts';
import { schedules } from './en/schedules.ts';
import { settings } from './en/settings.ts';
import { en } from './en.ts';

/** All words, those too that come with the screen that says them. */
export const english = {
  ...en,
  about,
  access,
  calibrate,
  dosingUnit,
  fleet,
  mqttUsers,
  notifications,
  plan,
  schedules,
  settings,
} as const;
