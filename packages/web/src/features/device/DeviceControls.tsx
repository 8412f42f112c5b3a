import { isUnderWay } from '@perista/core';
import type { Device } from '@perista/protocol/api';
import { OctagonX, Pause, Play, Syringe } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { useMay } from '../../app/session-context.tsx';
import { Button } from '../../design/Button.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import { useReasonText } from '../../errors/problem-text.ts';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { useOrder } from '../fleet/fleet-queries.ts';
import styles from './Device.module.css';

/** Orders to the device, always in the same place; a stop is one press and one yes, whatever else goes on. */
export function DeviceControls({ device, isReached }: { device: Device; isReached: boolean }) {
  const { t } = useTranslation('fleet');
  const [, go] = useLocation();
  const reasonText = useReasonText();
  const mayOrder = useMay('operator');
  const order = useOrder(device.id);
  const [isStopping, setIsStopping] = useState(false);
  const { id, infusion, startBlockedBy } = device;
  const isPaused = infusion?.state === 'paused';
  if (!mayOrder) return <p className={styles.soft}>{t('control.viewer')}</p>;
  return (
    <section className={styles.controls} aria-label={t('control.label')}>
      <Button
        look="primary"
        size="large"
        icon={Syringe}
        disabled={startBlockedBy !== null || !isReached}
        aria-describedby={startBlockedBy === null ? undefined : 'start-blocked'}
        onClick={() => go(`/devices/${id}/infuse`)}
      >
        {t('control.start')}
      </Button>
      <Button
        size="large"
        icon={isPaused ? Play : Pause}
        disabled={infusion === null || !isUnderWay(infusion.state)}
        busy={order.isPending}
        onClick={() => order.mutate(isPaused ? 'RESUME_INFUSION' : 'PAUSE_INFUSION')}
      >
        {t(isPaused ? 'control.resume' : 'control.pause')}
      </Button>
      <Button look="danger" size="large" icon={OctagonX} onClick={() => setIsStopping(true)}>
        {t('control.stop')}
      </Button>
      {startBlockedBy !== null && (
        <p id="start-blocked" className={styles.soft}>
          {t('wizard.blocked', { reason: reasonText({ code: startBlockedBy.code, reason: startBlockedBy.message }) })}
        </p>
      )}
      <MutationProblem of={[order]} />
      {isStopping && (
        <Dialog title={t('control.stopTitle', { id })} onClose={() => setIsStopping(false)}>
          <p>{t('control.stopText')}</p>
          <DialogActions>
            <Button onClick={() => setIsStopping(false)}>{t('control.keep')}</Button>
            <Button
              look="danger"
              size="large"
              autoFocus
              onClick={() => {
                setIsStopping(false);
                order.mutate('STOP_INFUSION');
              }}
            >
              {t('control.stopNow')}
            </Button>
          </DialogActions>
        </Dialog>
      )}
    </section>
  );
}
