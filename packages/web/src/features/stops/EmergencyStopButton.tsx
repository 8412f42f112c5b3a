import type { EmergencyStop } from '@perista/protocol/api';
import { useMutation } from '@tanstack/react-query';
import { OctagonX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { request } from '../../api/client.ts';
import { useMay } from '../../app/session-context.tsx';
import { Button } from '../../design/Button.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import { useProblemText } from '../../errors/problem-text.ts';
import { useLive } from '../../live/live.ts';
import styles from './EmergencyStopButton.module.css';

/** One press stops everything: no question is asked before, since stopping harms nobody. */
export function EmergencyStopButton() {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const mayStop = useMay('operator');
  const isLatched = useLive().unit?.emergency_stop.latched ?? false;
  const stop = useMutation({
    mutationFn: () => request<EmergencyStop>('POST', '/api/emergency-stop', { keepalive: true }),
  });
  if (!mayStop) return <span className={styles.viewer}>{t('stop.viewer')}</span>;
  return (
    <>
      <button
        type="button"
        className={styles.button}
        aria-label={isLatched ? t('stop.latchedLabel') : t('stop.label')}
        data-latched={isLatched || undefined}
        aria-busy={stop.isPending || undefined}
        onClick={() => stop.mutate()}
      >
        <OctagonX aria-hidden size={22} />
        <span aria-hidden>{isLatched ? t('stop.latched') : t('stop.word')}</span>
      </button>
      {stop.isError && (
        <Dialog title={t('stop.notProven')} onClose={() => stop.reset()}>
          <p>{problemText(stop.error)}</p>
          <p>
            <strong>{t('stop.pullThePlug')}</strong>
          </p>
          <DialogActions>
            <Button onClick={() => stop.reset()}>{t('action.close')}</Button>
            <Button look="danger" onClick={() => stop.mutate()}>
              {t('stop.again')}
            </Button>
          </DialogActions>
        </Dialog>
      )}
    </>
  );
}
