import { KeyRound, LogOut } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { TextField } from '../../design/Field.tsx';
import { useProblemText } from '../../errors/problem-text.ts';
import { Door } from './Door.tsx';
import { useLogIn } from './use-log-in.ts';

/** Log-in; `hasEnded` when the one before was ended from elsewhere. */
export function LoginPage({ hasEnded }: { hasEnded: boolean }) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const logIn = useLogIn();
  const [username, setUsername] = useState('admin');
  const [password, setPassword] = useState('');

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    logIn.mutate({ username, password });
  };

  return (
    <Door title={t('login.title')} text={t('login.text')}>
      {hasEnded && (
        <Banner tone="warn" icon={LogOut}>
          {t('connection.closed.logged-out')}
        </Banner>
      )}
      <form onSubmit={submit}>
        <TextField
          label={t('login.username')}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          value={username}
          onChange={(event) => setUsername(event.target.value)}
        />
        <TextField
          label={t('login.password')}
          type="password"
          autoComplete="current-password"
          autoFocus
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        {logIn.isError && (
          <Banner tone="danger" icon={KeyRound} urgent>
            {problemText(logIn.error)}
          </Banner>
        )}
        <Button type="submit" look="primary" size="large" busy={logIn.isPending}>
          {t('login.submit')}
        </Button>
      </form>
    </Door>
  );
}
