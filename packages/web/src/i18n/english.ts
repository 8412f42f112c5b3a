import { fleet } from './en/fleet.ts';
import { notifications } from './en/notifications.ts';
import { plan } from './en/plan.ts';
import { en } from './en.ts';

/** All words, those too that come with the screen that says them. */
export const english = { ...en, fleet, notifications, plan } as const;
