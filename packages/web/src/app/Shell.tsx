import type { Session } from '@perista/protocol/api';
import { Suspense, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Route, Switch, useLocation } from 'wouter';
import { useAbout } from '../api/queries.ts';
import { EmergencyStopBanner } from '../features/stops/EmergencyStopBanner.tsx';
import { EmergencyStopButton } from '../features/stops/EmergencyStopButton.tsx';
import { ConnectionBanner } from './ConnectionBanner.tsx';
import { ConnectionChip } from './ConnectionChip.tsx';
import { EmulatedNote } from './EmulatedNote.tsx';
import { HealthBanner } from './HealthBanner.tsx';
import { NotFoundPage } from './NotFoundPage.tsx';
import { Preferences } from './Preferences.tsx';
import { usePageTitle } from './page-title.ts';
import styles from './Shell.module.css';
import { CalibrationPage, DeviceMonitorPage, DevicePage, PumpPage, SCREENS, WizardPage } from './screens.ts';
import { SessionProvider } from './session-context.tsx';

/** Frame of every screen: menu, connection, emergency stop always in the same place. */
export function Shell({ session }: { session: Session }) {
  const { t } = useTranslation();
  const main = useRef<HTMLElement>(null);
  const [path] = useLocation();
  useFocusOnNewPage(main, path);
  usePageTitle();
  // What the unit is heads each page, and its zone is in all times: told later, they would move and change before the reader's eyes.
  const isUnitKnown = !useAbout().isPending;
  const loading = <p role="status">{t('connection.loading')}</p>;
  return (
    <SessionProvider session={session}>
      <div className={styles.shell}>
        <a className={styles.skip} href="#main">
          {t('nav.skip')}
        </a>
        <header className={styles.bar}>
          <Link href="/" className={styles.brand}>
            <img src="/icon.svg" alt="" />
            <span>Perista</span>
          </Link>
          <ConnectionChip />
          <div className={styles.gap} />
          <EmergencyStopButton />
        </header>
        <nav className={styles.menu} aria-label={t('nav.label')}>
          {SCREENS.map(({ path: to, name, icon: Icon }) => (
            <Link key={to} href={to} className={styles.item} aria-current={isCurrent(path, to) ? 'page' : undefined}>
              <Icon aria-hidden size={20} />
              <span>{t(`nav.${name}`)}</span>
            </Link>
          ))}
          <Preferences />
        </nav>
        <main id="main" className={styles.main} ref={main} tabIndex={-1}>
          <EmulatedNote />
          <ConnectionBanner />
          <EmergencyStopBanner />
          <HealthBanner />
          <Suspense fallback={loading}>{isUnitKnown ? <Pages /> : loading}</Suspense>
        </main>
      </div>
    </SessionProvider>
  );
}

function Pages() {
  return (
    <Switch>
      {SCREENS.map(({ path: to, page }) => (
        <Route key={to} path={to} component={page} />
      ))}
      <Route path="/pumps/:id/calibration">{({ id }) => <CalibrationPage key={id} pumpId={id} />}</Route>
      <Route path="/pumps/:id">{({ id }) => <PumpPage key={id} pumpId={id} />}</Route>
      <Route path="/devices/:id/infuse">{({ id }) => <WizardPage key={id} deviceId={id} />}</Route>
      <Route path="/devices/:id">{({ id }) => <DevicePage key={id} deviceId={id} />}</Route>
      <Route path="/device-monitor" component={DeviceMonitorPage} />
      <Route component={NotFoundPage} />
    </Switch>
  );
}

/** Pages of one pump or device belong to the screen that lists them. */
const isCurrent = (path: string, to: string) =>
  path === to ||
  path.startsWith(to === '/' ? '/pumps/' : `${to}/`) ||
  (to === '/devices' && path === '/device-monitor');

/** Whoever cannot see the page change hears of it: focus moves to what is new. */
function useFocusOnNewPage(main: React.RefObject<HTMLElement | null>, path: string): void {
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [main, path]);
}
