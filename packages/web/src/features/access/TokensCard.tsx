import type { CreatedApiToken, NewApiToken, Role } from '@perista/protocol/api';
import { useMutation } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { request } from '../../api/client.ts';
import { invalidate, useTokens } from '../../api/queries.ts';
import { Button } from '../../design/Button.tsx';
import { Card } from '../../design/Card.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import { SelectField, TextField } from '../../design/Field.tsx';
import { Table } from '../../design/Table.tsx';
import { useFormat } from '../../format/format.ts';
import { ConfirmButton } from './ConfirmButton.tsx';
import { MutationProblem } from './MutationProblem.tsx';
import { RoleField } from './RoleField.tsx';
import { SecretDialog } from './SecretDialog.tsx';
import styles from './TokensCard.module.css';

/** Tokens for programs. */
export function TokensCard() {
  const { t } = useTranslation(['translation', 'access']);
  const format = useFormat();
  const tokens = useTokens();
  const [isAdding, setIsAdding] = useState(false);
  const revoke = useMutation({
    mutationFn: (id: string) => request('DELETE', `/api/tokens/${id}`),
    onSettled: () => invalidate('tokens'),
  });
  return (
    <Card
      title={t('access:tokens.title')}
      side={
        <Button icon={KeyRound} onClick={() => setIsAdding(true)}>
          {t('access:tokens.add')}
        </Button>
      }
    >
      <p className={styles.soft}>{t('access:tokens.text')}</p>
      <MutationProblem of={[revoke]} />
      <Table
        caption={t('access:tokens.title')}
        head={[
          t('access:tokens.name'),
          t('access:users.role'),
          t('access:tokens.by'),
          t('access:tokens.used'),
          t('access:tokens.expires'),
          t('action.actions'),
        ]}
        empty={tokens.data ? t('access:tokens.none') : ''}
        rows={(tokens.data?.items ?? []).map((token) => ({
          key: token.id,
          cells: [
            <strong key="name">{token.name}</strong>,
            t(`role.${token.role}`),
            token.created_by,
            token.last_used_at === null ? t('access:users.never') : format.instant(token.last_used_at),
            token.expires_at === null ? t('access:tokens.forEver') : format.day(token.expires_at),
            <ConfirmButton
              key="revoke"
              action={t('access:tokens.revoke')}
              title={t('access:tokens.revokeTitle', { name: token.name })}
              text={t('access:tokens.revokeText')}
              onConfirm={() => revoke.mutate(token.id)}
            />,
          ],
        }))}
      />
      {isAdding && <NewTokenDialog onClose={() => setIsAdding(false)} />}
    </Card>
  );
}

const LIVES_DAYS = [30, 90, 365] as const;

function NewTokenDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['translation', 'access']);
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [days, setDays] = useState('90');
  const add = useMutation({
    mutationFn: (body: NewApiToken) => request<CreatedApiToken>('POST', '/api/tokens', { body }),
    onSuccess: () => invalidate('tokens'),
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    add.mutate({ name, role, ...(days !== '' && { expires_in_days: Number(days) }) });
  };
  if (add.data) {
    const { name: title, token } = add.data;
    return <SecretDialog title={t('access:tokens.secretTitle', { name: title })} secret={token} onClose={onClose} />;
  }
  return (
    <Dialog title={t('access:tokens.addTitle')} onClose={onClose}>
      <form onSubmit={submit}>
        <TextField
          label={t('access:tokens.name')}
          hint={t('access:tokens.nameHint')}
          autoFocus
          required
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <RoleField label={t('access:users.role')} value={role} onChange={setRole} />
        <SelectField label={t('access:tokens.life')} value={days} onChange={(event) => setDays(event.target.value)}>
          {LIVES_DAYS.map((count) => (
            <option key={count} value={count}>
              {t('history.days', { count })}
            </option>
          ))}
          <option value="">{t('access:tokens.forEver')}</option>
        </SelectField>
        <MutationProblem of={[add]} />
        <DialogActions>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" look="primary" busy={add.isPending}>
            {t('access:tokens.add')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
