import { FlaskConical } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import styles from './EmulatedTag.module.css';

/** Marks a pump that moves no liquid. */
export function EmulatedTag() {
  const { t } = useTranslation();
  return (
    <span className={styles.tag}>
      <FlaskConical aria-hidden size={14} />
      {t('emulated.tag')}
    </span>
  );
}
