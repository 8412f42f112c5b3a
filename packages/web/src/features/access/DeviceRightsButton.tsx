import type { DeviceRights } from '@perista/protocol/api';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type SubmitEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { request } from '../../api/client.ts';
import { keys, queryClient } from '../../api/queries.ts';
import { Button } from '../../design/Button.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import { useProblemText } from '../../errors/problem-text.ts';
import styles from './DeviceRights.module.css';
import { MutationProblem } from './MutationProblem.tsx';
import '../fleet/fleet-words.ts';

const pathOf = (username: string) => `/api/users/${username}/devices`;
const keyOf = (username: string) => [...keys.users, username, 'devices'];

/** Which remote devices a user may see and order. */
export function DeviceRightsButton({ username }: { username: string }) {
  const { t } = useTranslation('fleet');
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button look="quiet" onClick={() => setIsOpen(true)}>
        {t('rights.open')}
      </Button>
      {isOpen && <DeviceRightsDialog username={username} onClose={() => setIsOpen(false)} />}
    </>
  );
}

interface RightsProps {
  readonly username: string;
  readonly onClose: () => void;
}

function DeviceRightsDialog({ username, onClose }: RightsProps) {
  const { t } = useTranslation();
  const { t: f } = useTranslation('fleet');
  const problemText = useProblemText();
  const rights = useQuery({
    queryKey: keyOf(username),
    queryFn: () => request<DeviceRights>('GET', pathOf(username)),
    staleTime: 0,
  });
  return (
    <Dialog title={f('rights.title', { user: username })} onClose={onClose}>
      {rights.isError && <p role="alert">{problemText(rights.error)}</p>}
      {rights.isFetching && <p role="status">{t('connection.loading')}</p>}
      {rights.data !== undefined && !rights.isFetching && (
        <RightsForm username={username} onClose={onClose} rights={rights.data} />
      )}
    </Dialog>
  );
}

const DEVICE_ID = /^[A-Za-z0-9_-]{1,64}$/;

function RightsForm({ username, onClose, rights }: RightsProps & { rights: DeviceRights }) {
  const { t } = useTranslation();
  const { t: f } = useTranslation('fleet');
  const id = useId();
  const [all, setAll] = useState(rights.all);
  const [text, setText] = useState(rights.deviceIds.join('\n'));
  const deviceIds = [...new Set(text.split(/\s+/).filter(Boolean))];
  const wrong = deviceIds.find((each) => !DEVICE_ID.test(each));
  const save = useMutation({
    mutationFn: (body: DeviceRights) => request('PUT', pathOf(username), { body }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: keyOf(username) });
      onClose();
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (wrong === undefined) save.mutate({ all, deviceIds });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <label className={styles.check}>
        <input type="checkbox" checked={all} onChange={({ target }) => setAll(target.checked)} />
        {f('rights.all')}
      </label>
      <label htmlFor={id}>{f('rights.ids')}</label>
      <textarea
        id={id}
        rows={6}
        spellCheck={false}
        value={text}
        disabled={all}
        onChange={({ target }) => setText(target.value)}
        aria-invalid={wrong !== undefined || undefined}
      />
      <p role="alert">{wrong === undefined ? '' : f('rights.wrong', { id: wrong })}</p>
      <MutationProblem of={[save]} />
      <DialogActions>
        <Button onClick={onClose}>{t('action.cancel')}</Button>
        <Button type="submit" look="primary" busy={save.isPending} disabled={wrong !== undefined}>
          {f('rights.save')}
        </Button>
      </DialogActions>
    </form>
  );
}
