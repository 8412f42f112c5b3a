import { ShieldCheck } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isProblem, request } from '../../api/client.ts';
import { invalidate } from '../../api/queries.ts';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { TextField } from '../../design/Field.tsx';
import { useProblemText } from '../../errors/problem-text.ts';
import { Door } from './Door.tsx';
import { LEAST_PASSWORD_CHARACTERS } from './password-rule.ts';
import { useLogIn } from './use-log-in.ts';

/** The first password of a new unit; whoever sets it is logged in with it. */
export function SetupPage() {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const logIn = useLogIn();
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [problem, setProblem] = useState<{ field: 'password' | 'again' | 'form'; text: string } | null>(null);
  const errorOf = (field: string) => (problem?.field === field ? problem.text : undefined);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (password.length < LEAST_PASSWORD_CHARACTERS)
      return setProblem({ field: 'password', text: t('setup.tooShort') });
    if (password !== again) return setProblem({ field: 'again', text: t('setup.differ') });
    setProblem(null);
    try {
      await request('POST', '/api/setup', { body: { password } });
      await logIn.mutateAsync({ username: 'admin', password });
      await invalidate('setup');
    } catch (error) {
      setProblem({ field: 'form', text: problemText(error) });
      if (isProblem(error, 'E406')) await invalidate('setup');
    }
  };

  return (
    <Door title={t('setup.title')} text={t('setup.text')}>
      <form onSubmit={submit} noValidate>
        {/* Password managers want to know whose it is. */}
        <input type="text" autoComplete="username" value="admin" readOnly hidden />
        <TextField
          label={t('setup.password')}
          hint={t('setup.rule')}
          type="password"
          autoComplete="new-password"
          autoFocus
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={errorOf('password')}
        />
        <TextField
          label={t('setup.again')}
          type="password"
          autoComplete="new-password"
          value={again}
          onChange={(event) => setAgain(event.target.value)}
          error={errorOf('again')}
        />
        {problem?.field === 'form' && (
          <Banner tone="danger" icon={ShieldCheck} urgent>
            {problem.text}
          </Banner>
        )}
        <Button type="submit" look="primary" size="large" busy={logIn.isPending}>
          {t('setup.submit')}
        </Button>
      </form>
    </Door>
  );
}
