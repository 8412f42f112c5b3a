import { useMutation } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { request } from '../../api/client.ts';
import { invalidate } from '../../api/queries.ts';
import { useMe } from '../../app/session-context.tsx';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { Card } from '../../design/Card.tsx';
import { TextField } from '../../design/Field.tsx';
import { LEAST_PASSWORD_CHARACTERS } from '../session/password-rule.ts';
import { MutationProblem } from './MutationProblem.tsx';
import styles from './PasswordCard.module.css';

/** One's own password. */
export function PasswordCard() {
  const { t } = useTranslation(['translation', 'access']);
  const { username } = useMe();
  const [current, setCurrent] = useState('');
  const [fresh, setFresh] = useState('');
  const change = useMutation({
    mutationFn: () =>
      request('POST', '/api/session/password', { body: { current_password: current, new_password: fresh } }),
    onSuccess: () => {
      setCurrent('');
      setFresh('');
      return invalidate('sessions');
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Card title={t('access:password.title')}>
      <form className={styles.form} onSubmit={submit}>
        <input type="text" autoComplete="username" value={username} readOnly hidden />
        <TextField
          label={t('access:password.current')}
          type="password"
          required
          autoComplete="current-password"
          value={current}
          onChange={(event) => setCurrent(event.target.value)}
        />
        <TextField
          label={t('access:password.new')}
          hint={t('setup.rule')}
          type="password"
          required
          minLength={LEAST_PASSWORD_CHARACTERS}
          autoComplete="new-password"
          value={fresh}
          onChange={(event) => setFresh(event.target.value)}
        />
        <MutationProblem of={[change]} />
        {change.isSuccess && (
          <Banner tone="good" icon={CircleCheck}>
            {t('access:password.changed')}
          </Banner>
        )}
        <div>
          <Button type="submit" busy={change.isPending}>
            {t('access:password.change')}
          </Button>
        </div>
      </form>
    </Card>
  );
}
