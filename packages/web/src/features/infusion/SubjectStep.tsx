import type { SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/Button.tsx';
import { TextField } from '../../design/Field.tsx';
import styles from './Wizard.module.css';

const MOST_CHARACTERS = 80;

interface SubjectStepProps {
  readonly subject: string;
  readonly onChange: (subject: string) => void;
  readonly onNext: () => void;
}

/** Whom or what it is for; may be left out. */
export function SubjectStep({ subject, onChange, onNext }: SubjectStepProps) {
  const { t } = useTranslation('fleet');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onNext();
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <TextField
        label={t('wizard.subject')}
        hint={t('wizard.subjectHint')}
        value={subject}
        maxLength={MOST_CHARACTERS}
        autoComplete="off"
        onChange={({ target }) => onChange(target.value)}
      />
      <div className={styles.actions}>
        <Button type="submit" look="primary" size="large">
          {t(subject.trim() === '' ? 'wizard.skip' : 'wizard.next')}
        </Button>
      </div>
    </form>
  );
}
