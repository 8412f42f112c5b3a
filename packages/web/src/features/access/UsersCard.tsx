import type { NewUser, Role, User } from '@perista/protocol/api';
import { useMutation } from '@tanstack/react-query';
import { UserPlus } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { request } from '../../api/client.ts';
import { invalidate, useUsers } from '../../api/queries.ts';
import { useMe } from '../../app/session-context.tsx';
import { Button } from '../../design/Button.tsx';
import { Card } from '../../design/Card.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import { TextField } from '../../design/Field.tsx';
import { Table } from '../../design/Table.tsx';
import { useProblemText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import { LEAST_PASSWORD_CHARACTERS } from '../session/password-rule.ts';
import { ConfirmButton } from './ConfirmButton.tsx';
import { DeviceRightsButton } from './DeviceRightsButton.tsx';
import { MutationProblem } from './MutationProblem.tsx';
import { RoleField } from './RoleField.tsx';

export function UsersCard() {
  const { t } = useTranslation(['translation', 'access']);
  const format = useFormat();
  const problemText = useProblemText();
  const me = useMe();
  const users = useUsers();
  const [isAdding, setIsAdding] = useState(false);
  const done = () => Promise.all([invalidate('users'), invalidate('sessions')]);
  const change = useMutation({
    mutationFn: ({ username, role }: Pick<User, 'username' | 'role'>) =>
      request('PATCH', `/api/users/${username}`, { body: { role } }),
    onSettled: done,
  });
  const remove = useMutation({
    mutationFn: (username: string) => request('DELETE', `/api/users/${username}`),
    onSettled: done,
  });
  return (
    <Card
      title={t('access:users.title')}
      side={
        <Button icon={UserPlus} onClick={() => setIsAdding(true)}>
          {t('access:users.add')}
        </Button>
      }
    >
      <MutationProblem of={[change, remove]} />
      {users.isError && <p role="alert">{problemText(users.error)}</p>}
      <Table
        caption={t('access:users.title')}
        head={[
          t('access:users.name'),
          t('access:users.role'),
          t('access:users.since'),
          t('access:users.lastSeen'),
          t('action.actions'),
        ]}
        empty=""
        rows={(users.data?.items ?? []).map(({ username, role, created_at, last_seen_at }) => ({
          key: username,
          cells: [
            <strong key="name">{username}</strong>,
            <RoleField
              key="role"
              label={t('access:users.roleOf', { username })}
              isLabelHidden
              value={role}
              disabled={username === me.username || change.isPending}
              onChange={(next) => change.mutate({ username, role: next })}
            />,
            format.day(created_at),
            last_seen_at === null ? t('access:users.never') : format.instant(last_seen_at),
            username === me.username ? (
              t('access:users.you')
            ) : (
              <div key="actions">
                {role !== 'admin' && <DeviceRightsButton username={username} />}
                <ConfirmButton
                  action={t('access:users.remove')}
                  title={t('access:users.removeTitle', { username })}
                  text={t('access:users.removeText')}
                  onConfirm={() => remove.mutate(username)}
                />
              </div>
            ),
          ],
        }))}
      />
      {isAdding && <NewUserDialog onClose={() => setIsAdding(false)} />}
    </Card>
  );
}

function NewUserDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['translation', 'access']);
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const add = useMutation({
    mutationFn: (body: NewUser) => request('POST', '/api/users', { body }),
    onSuccess: async () => {
      await invalidate('users');
      onClose();
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    add.mutate({ username, password, role });
  };
  return (
    <Dialog title={t('access:users.addTitle')} onClose={onClose}>
      <form onSubmit={submit}>
        <TextField
          label={t('access:users.name')}
          hint={t('access:users.nameRule')}
          autoFocus
          required
          autoComplete="off"
          autoCapitalize="none"
          value={username}
          onChange={(event) => setUsername(event.target.value)}
        />
        <TextField
          label={t('setup.password')}
          hint={t('setup.rule')}
          type="password"
          required
          minLength={LEAST_PASSWORD_CHARACTERS}
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <RoleField label={t('access:users.role')} value={role} onChange={setRole} />
        <MutationProblem of={[add]} />
        <DialogActions>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" look="primary" busy={add.isPending}>
            {t('access:users.add')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
