import { useTranslation } from 'react-i18next';
import { SelectField, TextField } from '../../design/Field.tsx';
import { SECURITIES, type TargetDraft, wrongOf } from './channel-draft.ts';

/** Where a channel tells. */
export function TargetFields({
  draft,
  onChange,
}: {
  draft: TargetDraft;
  onChange: (change: Partial<TargetDraft>) => void;
}) {
  const { t: n } = useTranslation('notifications');
  const wrong = wrongOf(draft);
  const field = (name: Exclude<keyof TargetDraft, 'kind' | 'security'>, hint?: string) => (
    <TextField
      label={n(`field.${name}`)}
      hint={hint}
      autoComplete="off"
      inputMode={name === 'port' ? 'numeric' : undefined}
      value={draft[name]}
      error={wrong === name && draft[name] !== '' ? n(`wrong.${name}`) : undefined}
      onChange={({ target }) => onChange({ [name]: target.value })}
    />
  );
  if (draft.kind !== 'email') {
    return (
      <>
        {field('url', n(`urlHint.${draft.kind}`))}
        {draft.kind === 'ntfy' && field('topic', n('topicHint'))}
      </>
    );
  }
  return (
    <>
      {field('to', n('toHint'))}
      {field('from')}
      {field('host')}
      {field('port')}
      <SelectField
        label={n('field.security')}
        value={draft.security}
        onChange={({ target }) => onChange({ security: target.value as TargetDraft['security'] })}
      >
        {SECURITIES.map((security) => (
          <option key={security} value={security}>
            {n(`security.${security}`)}
          </option>
        ))}
      </SelectField>
      {field('username', n('usernameHint'))}
    </>
  );
}
