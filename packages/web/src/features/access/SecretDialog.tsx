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
  const { t } = useTranslation();
  const [isCopied, setIsCopied] = useState(false);
  const copy = () => navigator.clipboard?.writeText(secret).then(() => setIsCopied(true));
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{t('tokens.secretText')}</p>
      <output className={styles.secret}>{secret}</output>
      <DialogActions>
        {'clipboard' in navigator && <Button onClick={copy}>{isCopied ? t('tokens.copied') : t('tokens.copy')}</Button>}
        <Button look="primary" onClick={onClose}>
          {t('tokens.kept')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
