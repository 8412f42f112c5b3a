import type { DosingChannel, ManualDose, ManualDoseAccepted, Pump } from '@perista/protocol/api';
import { useMutation } from '@tanstack/react-query';
import { Square, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { request } from '../../api/client.ts';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import { useReasonText } from '../../errors/problem-text.ts';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { OrderForm } from '../dose/DoseForm.tsx';
import { DoseProgress } from '../dose/DoseProgress.tsx';
import type { PostOrder } from '../dose/use-dose-order.ts';
import styles from './PlanForm.module.css';

interface DoseNowDialogProps {
  readonly channel: DosingChannel;
  readonly pump: Pump;
  /** Doses of all channels that would come first. */
  readonly before: number;
  readonly onClose: () => void;
}

/** A dose by hand: one dose of the plan, or as much as is typed. */
export function DoseNowDialog({ channel, pump, before, onClose }: DoseNowDialogProps) {
  const { t, i18n } = useTranslation(['translation', 'dosingUnit']);
  const reasonText = useReasonText();
  const stop = useMutation({ mutationFn: () => request('POST', `/api/pumps/${pump.id}/stop`) });
  const isOpen = pump.current_dose !== null || pump.queued > 0;
  return (
    <Dialog title={t('dosingUnit:doseNow.title', { id: channel.id })} onClose={onClose}>
      <div className={styles.form}>
        {pump.blocked_by.map((why) => (
          <Banner key={why.code} tone="warn" icon={TriangleAlert}>
            {reasonText(why)}
          </Banner>
        ))}
        {before > 0 && <p role="status">{t('dosingUnit:doseNow.before', { before })}</p>}
        <OrderForm pump={pump} volume={asTyped(channel.single_dose_volume, i18n.language)} post={postTo(channel.id)} />
        {pump.current_dose && <DoseProgress dose={pump.current_dose} />}
        <MutationProblem of={[stop]} />
        <DialogActions>
          {isOpen && (
            <Button look="danger" size="large" icon={Square} busy={stop.isPending} onClick={() => stop.mutate()}>
              {t('pump.stop')}
            </Button>
          )}
          <Button onClick={onClose}>{t('action.close')}</Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}

const postTo =
  (channel_id: number): PostOrder =>
  async ({ request: { volume_ml }, key }) => {
    const body: ManualDose = { channel_id, volume_ml };
    return (await request<ManualDoseAccepted>('POST', '/api/manual-dose', { body, key })).dose_id;
  };

/** Two decimals: with three a reader could take it for thousands. */
const asTyped = (ml: number, language: string): string =>
  ml === 0 ? '' : new Intl.NumberFormat(language, { maximumFractionDigits: 2, useGrouping: false }).format(ml);
