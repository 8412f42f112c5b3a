import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession, useSetup } from '../api/queries.ts';
import { Button } from '../design/Button.tsx';
import { LoginPage } from '../features/session/LoginPage.tsx';
import { SetupPage } from '../features/session/SetupPage.tsx';
import { live, useLive } from '../live/live.ts';
import { Shell } from './Shell.tsx';
import { Splash } from './Splash.tsx';

/** First password, then log-in, then the screens. */
export function App() {
  const { t } = useTranslation();
  const setup = useSetup();
  const session = useSession();
  const username = session.data?.username;
  const [hasEnded, setHasEnded] = useState(false);
  useEffect(() => {
    if (username === undefined) return;
    setHasEnded(false);
    live.start();
    return () => live.stop();
  }, [username]);

  const { connection } = useLive();
  const isShutOut = connection.kind === 'closed' && connection.reason === 'logged-out';
  const { refetch } = session;
  useEffect(() => {
    if (!isShutOut) return;
    // Another role ends the connection too; then there is still a log-in.
    void refetch().then(({ data }) => (data ? live.start() : setHasEnded(true)));
  }, [isShutOut, refetch]);

  if (setup.data?.needed) return <SetupPage />;
  if (session.data) return <Shell session={session.data} />;
  if (session.data === null && setup.data) return <LoginPage hasEnded={hasEnded} />;
  const hasFailed = setup.isError || session.isError;
  return (
    <Splash text={hasFailed ? t('connection.noServer') : t('connection.connecting')}>
      {hasFailed && (
        <Button onClick={() => Promise.all([setup.refetch(), session.refetch()])}>{t('action.retry')}</Button>
      )}
    </Splash>
  );
}
