import {
  AlarmClock,
  Bell,
  BookText,
  CalendarClock,
  CircleUserRound,
  Droplets,
  Info,
  type LucideIcon,
  Milk,
  RadioTower,
  ScrollText,
  SlidersHorizontal,
} from 'lucide-react';
import { type ComponentType, lazy } from 'react';
import { OverviewPage } from '../features/overview/OverviewPage.tsx';

type ScreenName =
  | 'overview'
  | 'dosing-unit'
  | 'schedules'
  | 'containers'
  | 'devices'
  | 'doses'
  | 'events'
  | 'notifications'
  | 'settings'
  | 'access'
  | 'about';

interface Screen {
  readonly path: string;
  readonly name: ScreenName;
  readonly icon: LucideIcon;
  readonly page: ComponentType;
}

/** The screens of the menu, in its order. What is not needed at once is loaded when it is. */
export const SCREENS: readonly Screen[] = [
  { path: '/', name: 'overview', icon: Droplets, page: OverviewPage },
  {
    path: '/dosing-unit',
    name: 'dosing-unit',
    icon: CalendarClock,
    page: lazy(() =>
      import('../features/dosing-unit/DosingUnitPage.tsx').then(({ DosingUnitPage }) => ({ default: DosingUnitPage })),
    ),
  },
  {
    path: '/schedules',
    name: 'schedules',
    icon: AlarmClock,
    page: lazy(() =>
      import('../features/schedules/SchedulesPage.tsx').then(({ SchedulesPage }) => ({ default: SchedulesPage })),
    ),
  },
  {
    path: '/containers',
    name: 'containers',
    icon: Milk,
    page: lazy(() =>
      import('../features/containers/ContainersPage.tsx').then(({ ContainersPage }) => ({ default: ContainersPage })),
    ),
  },
  {
    path: '/devices',
    name: 'devices',
    icon: RadioTower,
    page: lazy(() => import('../features/fleet/FleetPage.tsx').then(({ FleetPage }) => ({ default: FleetPage }))),
  },
  {
    path: '/doses',
    name: 'doses',
    icon: BookText,
    page: lazy(() => import('../features/ledger/LedgerPage.tsx').then(({ LedgerPage }) => ({ default: LedgerPage }))),
  },
  {
    path: '/events',
    name: 'events',
    icon: ScrollText,
    page: lazy(() => import('../features/events/EventsPage.tsx').then(({ EventsPage }) => ({ default: EventsPage }))),
  },
  {
    path: '/notifications',
    name: 'notifications',
    icon: Bell,
    page: lazy(() =>
      import('../features/notifications/NotificationsPage.tsx').then(({ NotificationsPage }) => ({
        default: NotificationsPage,
      })),
    ),
  },
  {
    path: '/settings',
    name: 'settings',
    icon: SlidersHorizontal,
    page: lazy(() =>
      import('../features/settings/SettingsPage.tsx').then(({ SettingsPage }) => ({ default: SettingsPage })),
    ),
  },
  {
    path: '/access',
    name: 'access',
    icon: CircleUserRound,
    page: lazy(() => import('../features/access/AccessPage.tsx').then(({ AccessPage }) => ({ default: AccessPage }))),
  },
  {
    path: '/about',
    name: 'about',
    icon: Info,
    page: lazy(() => import('../features/about/AboutPage.tsx').then(({ AboutPage }) => ({ default: AboutPage }))),
  },
];

export const CalibrationPage = lazy(() =>
  import('../features/calibration/CalibrationPage.tsx').then(({ CalibrationPage: page }) => ({ default: page })),
);

export const PumpPage = lazy(() =>
  import('../features/pump/PumpPage.tsx').then(({ PumpPage: page }) => ({ default: page })),
);

export const DevicePage = lazy(() =>
  import('../features/device/DevicePage.tsx').then(({ DevicePage: page }) => ({ default: page })),
);

export const WizardPage = lazy(() =>
  import('../features/infusion/WizardPage.tsx').then(({ WizardPage: page }) => ({ default: page })),
);

export const DeviceMonitorPage = lazy(() =>
  import('../features/device-monitor/DeviceMonitorPage.tsx').then(({ DeviceMonitorPage: page }) => ({ default: page })),
);
