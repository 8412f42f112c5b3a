import type { DoseAccepted, Pump, Schedule } from '@perista/protocol/api';
import { Droplets, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { request } from '../../api/client.ts';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import { useReasonText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import { DoseProgress } from '../dose/DoseProgress.tsx';
import { OrderNews } from '../dose/OrderNews.tsx';
import { type PostOrder, useDoseOrder } from '../dose/use-dose-order.ts';
import styles from './ScheduleDialog.module.css';

interface RunNowDialogProps {
  readonly schedule: Schedule;
  readonly pump: Pump;
  readonly onClose: () => void;
}

/** One dose of a schedule by hand. However often it is pressed, it is one. */
export function RunNowDialog({ schedule, pump, onClose }: RunNowDialogProps) {
  const { t } = useTranslation(['translation', 'schedules']);
  const format = useFormat();
  const reasonText = useReasonText();
  const { state, send } = useDoseOrder(pump.id, postTo(schedule.id));
  const order = {
    volume_ml: schedule.volume_ml,
    ...(schedule.duration_s !== null && { duration_s: schedule.duration_s }),
  };
  const isBusy = state.kind === 'sending' || state.kind === 'unknown';
  return (
    <Dialog title={t('schedules:runTitle')} onClose={onClose}>
      <div className={styles.form}>
        <p>{t('schedules:runText', { volume: format.orderedMl(schedule.volume_ml), pump: pump.name })}</p>
        {pump.blocked_by.map((why) => (
          <Banner key={why.code} tone="warn" icon={TriangleAlert}>
            {reasonText(why)}
          </Banner>
        ))}
        <OrderNews state={state} onAgain={send} />
        {pump.current_dose && <DoseProgress dose={pump.current_dose} />}
        <DialogActions>
          <Button onClick={onClose}>{t('action.close')}</Button>
          {state.kind !== 'accepted' && (
            <Button look="primary" icon={Droplets} busy={isBusy} onClick={() => void send(order)}>
              {t('doseForm.give', { volume: format.orderedMl(schedule.volume_ml) })}
            </Button>
          )}
        </DialogActions>
      </div>
    </Dialog>
  );
}

const postTo =
  (scheduleId: string): PostOrder =>
  async ({ key }) =>
    (await request<DoseAccepted>('POST', `/api/schedules/${scheduleId}/run`, { key })).dose_id;
