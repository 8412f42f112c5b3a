import type { NoticeSeverity, NotificationChannel, NotificationTarget } from '@perista/protocol/api';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/Button.tsx';
import { Choices } from '../../design/Choices.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import { SelectField, TextField } from '../../design/Field.tsx';
import { useLive } from '../../live/live.ts';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { bodyOf, draftOf, isWhole, KINDS, SEVERITIES, SUBJECTS, type TargetDraft } from './channel-draft.ts';
import styles from './Notifications.module.css';
import { useSaveChannel } from './notification-queries.ts';
import { TargetFields } from './TargetFields.tsx';

/** Adds a channel, or changes one. Its secret is never shown again: left empty it stays as it is. */
export function ChannelDialog({ channel, onClose }: { channel: NotificationChannel | null; onClose: () => void }) {
  const { t } = useTranslation();
  const { t: n } = useTranslation('notifications');
  const { pumps } = useLive();
  const [draft, setDraft] = useState(() => draftOf(channel));
  const save = useSaveChannel(channel?.id ?? null, onClose);
  const setTarget = (change: Partial<TargetDraft>) => setDraft({ ...draft, target: { ...draft.target, ...change } });
  const canSave = isWhole(draft);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (canSave && !save.isPending) save.mutate(bodyOf(draft));
  };
  return (
    <Dialog title={channel === null ? n('addTitle') : n('changeTitle', { name: channel.name })} onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <TextField
          label={n('name')}
          autoFocus
          autoComplete="off"
          maxLength={80}
          value={draft.name}
          onChange={({ target }) => setDraft({ ...draft, name: target.value })}
        />
        <SelectField
          label={n('kindOf')}
          value={draft.target.kind}
          onChange={({ target }) => setTarget({ kind: target.value as NotificationTarget['kind'] })}
        >
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {n(`kind.${kind}`)}
            </option>
          ))}
        </SelectField>
        <TargetFields draft={draft.target} onChange={setTarget} />
        <TextField
          label={n(`secret.${draft.target.kind}`)}
          hint={channel?.has_secret ? n('secretKept') : undefined}
          type="password"
          autoComplete="new-password"
          maxLength={500}
          value={draft.secret}
          onChange={({ target }) => setDraft({ ...draft, secret: target.value })}
        />
        <SelectField
          label={n('least')}
          value={draft.severity}
          onChange={({ target }) => setDraft({ ...draft, severity: target.value as NoticeSeverity })}
        >
          {SEVERITIES.map((severity) => (
            <option key={severity} value={severity}>
              {n(`severity.${severity}`)}
            </option>
          ))}
        </SelectField>
        <Choices
          legend={n('about')}
          all={n('everything')}
          choices={SUBJECTS.map((id) => ({ id, name: n(`subject.${id}`) }))}
          chosen={draft.subjects}
          onChange={(subjects) => setDraft({ ...draft, subjects })}
        />
        <Choices
          legend={n('pumps')}
          all={n('allPumps')}
          choices={pumps}
          chosen={draft.pumps}
          onChange={(chosen) => setDraft({ ...draft, pumps: chosen })}
        />
        <MutationProblem of={[save]} />
        <DialogActions>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" look="primary" busy={save.isPending} disabled={!canSave}>
            {n('save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
