import { FlaskConical } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useAbout } from '../api/queries.ts';
import styles from './EmulatedNote.module.css';

/** Nobody shall take a drop on this screen for a drop in a tank. */
export function EmulatedNote() {
  const { t } = useTranslation();
  if (!useAbout().data?.emulated) return null;
  return (
    <p className={styles.note}>
      <FlaskConical aria-hidden size={18} />
      {t('emulated.note')}
    </p>
  );
}
