import { calibrate } from './en/calibrate.ts';
import { fleet } from './en/fleet.ts';
import { mqttUsers } from './en/mqtt-users.ts';
import { notifications } from './en/notifications.ts';
import { plan } from './en/plan.ts';
import { settings } from './en/settings.ts';
import { en } from './en.ts';

/** All words, those too that come with the screen that says them. */
export const english = { ...en, calibrate, fleet, mqttUsers, notifications, plan, settings } as const;
