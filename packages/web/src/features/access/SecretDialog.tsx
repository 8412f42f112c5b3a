import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/Button.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import styles from './SecretDialog.module.css';

interface SecretDialogProps {
  readonly title: string;
  readonly secret: string;
  readonly onClose: () => void;
}

/** The only time that a secret is shown. */
export function SecretDialog({ title, secret, onClose }: SecretDialogProps) {
  const { t } = useTranslation(['translation', 'access']);
  const [isCopied, setIsCopied] = useState(false);
  const copy = () => navigator.clipboard?.writeText(secret).then(() => setIsCopied(true));
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{t('access:tokens.secretText')}</p>
      <output className={styles.secret}>{secret}</output>
      <DialogActions>
        {'clipboard' in navigator && (
          <Button onClick={copy}>{isCopied ? t('access:tokens.copied') : t('access:tokens.copy')}</Button>
        )}
        <Button look="primary" onClick={onClose}>
          {t('access:tokens.kept')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
