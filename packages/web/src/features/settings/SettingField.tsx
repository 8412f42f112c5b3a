import type { Setting } from '@perista/protocol/api';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/Button.tsx';
import { SelectField, TextField } from '../../design/Field.tsx';
import styles from './Settings.module.css';
import { useSettingWords } from './setting-words.ts';
import { shownText } from './settings-draft.ts';
import { ZonePreview } from './ZonePreview.tsx';

interface SettingFieldProps {
  readonly setting: Setting;
  readonly typed: string | null | undefined;
  readonly error: string | undefined;
  readonly canChange: boolean;
  /** undefined: as it was. */
  readonly onChange: (typed: string | null | undefined) => void;
}

/** One setting: its value, where that comes from, and what else it could be. */
export function SettingField({ setting, typed, error, canChange, onChange }: SettingFieldProps) {
  const { t: s } = useTranslation('settings');
  const words = useSettingWords();
  const listId = useId();
  const { kind, choices, next, unsaved, now, needs_restart, fixed_by } = setting;
  const isFixed = fixed_by !== null;
  const from = typed === null ? unsaved : next;
  const placeholder = kind === 'secret' && from.is_set ? '••••••••' : undefined;
  const field = {
    label: words.label(setting),
    value: shownText(setting, typed),
    error,
    hint: <Hint setting={setting} from={typeof typed === 'string' ? null : words.source(from)} />,
    disabled: isFixed || !canChange,
  };
  const canForget = canChange && !isFixed && next.source === 'saved';
  return (
    <div className={styles.setting} data-key={setting.key}>
      {kind === 'choice' ? (
        <SelectField {...field} onChange={({ target }) => onChange(target.value)}>
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </SelectField>
      ) : (
        <TextField
          {...field}
          placeholder={placeholder}
          type={kind === 'secret' ? 'password' : 'text'}
          autoComplete={kind === 'secret' ? 'new-password' : 'off'}
          autoCapitalize="none"
          spellCheck={false}
          inputMode={kind === 'number' ? 'numeric' : undefined}
          list={kind === 'zone' ? listId : undefined}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
      {kind === 'zone' && (
        <datalist id={listId}>
          {Intl.supportedValuesOf('timeZone').map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      )}
      {kind === 'zone' && <ZonePreview zone={field.value.trim()} />}
      {needs_restart && typed === undefined && <p className={styles.later}>{s('later', { now: words.value(now) })}</p>}
      {canForget && typed !== null && (
        <div className={styles.forget}>
          <Button look="quiet" onClick={() => onChange(null)}>
            {unsaved.is_set && kind !== 'secret' ? s('forget', { value: words.value(unsaved) }) : s('forgetNone')}
          </Button>
        </div>
      )}
      {typed === null && (
        <p className={styles.later}>
          {s('forgotten')}{' '}
          <Button look="quiet" onClick={() => onChange(undefined)}>
            {s('undoOne')}
          </Button>
        </p>
      )}
    </div>
  );
}

function Hint({ setting, from }: { setting: Setting; from: string | null }) {
  const { t: s } = useTranslation('settings');
  const words = useSettingWords();
  const { fixed_by } = setting;
  return (
    <>
      {words.help(setting)}{' '}
      <strong className={styles.from}>{fixed_by === null ? from : s('fixed', { by: fixed_by })}</strong>
    </>
  );
}
