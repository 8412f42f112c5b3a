import type { MqttUserKind } from '@perista/protocol/api';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/Button.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import { SelectField, TextField } from '../../design/Field.tsx';
import { LEAST_PASSWORD_CHARACTERS } from '../session/password-rule.ts';
import { MutationProblem } from './MutationProblem.tsx';
import { useAddMqttUser } from './mqtt-user-queries.ts';
import { SecretDialog } from './SecretDialog.tsx';

const KINDS = ['doser', 'device', 'viewer'] as const satisfies readonly MqttUserKind[];

/** Asks who it is, and shows the password that was made for it. */
export function NewMqttUserDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['translation', 'access']);
  const { t: m } = useTranslation('mqttUsers');
  const [name, setName] = useState('');
  const [kind, setKind] = useState<MqttUserKind>('doser');
  const [deviceId, setDeviceId] = useState('');
  const [password, setPassword] = useState('');
  const add = useAddMqttUser();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const more = { ...(kind === 'device' && { device_id: deviceId }), ...(password !== '' && { password }) };
    add.mutate({ name, kind, ...more }, { onSuccess: (added) => added.password === null && onClose() });
  };
  if (add.data?.password) {
    return <SecretDialog title={m('secretTitle', { name })} secret={add.data.password} onClose={onClose} />;
  }
  return (
    <Dialog title={m('addTitle')} onClose={onClose}>
      <form onSubmit={submit}>
        <TextField
          label={m('name')}
          hint={t('access:users.nameRule')}
          autoFocus
          required
          autoComplete="off"
          autoCapitalize="none"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <SelectField
          label={m('kind')}
          hint={m(`means.${kind}`)}
          value={kind}
          onChange={(event) => setKind(event.target.value as MqttUserKind)}
        >
          {KINDS.map((each) => (
            <option key={each} value={each}>
              {m(`kinds.${each}`)}
            </option>
          ))}
        </SelectField>
        {kind === 'device' && (
          <TextField
            label={m('device')}
            hint={m('deviceRule')}
            required
            autoComplete="off"
            autoCapitalize="none"
            value={deviceId}
            onChange={(event) => setDeviceId(event.target.value)}
          />
        )}
        <TextField
          label={m('password')}
          hint={m('passwordHint')}
          type="password"
          minLength={LEAST_PASSWORD_CHARACTERS}
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <MutationProblem of={[add]} />
        <DialogActions>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" look="primary" busy={add.isPending}>
            {m('add')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
