import type { DayHalf } from '@perista/core';
import type { ChannelStatus, DosingChannel, Pump } from '@perista/protocol/api';
import { Pencil } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useMay } from '../../app/session-context.tsx';
import { Facts } from '../../design/Facts.tsx';
import { useReasonText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import { DoseProgress } from '../dose/DoseProgress.tsx';
import { useScheduleText } from './day-names.ts';
import styles from './SlotTile.module.css';

interface SlotReadingProps {
  readonly half: DayHalf;
  readonly channel: DosingChannel;
  readonly status: ChannelStatus;
  readonly pump: Pump | undefined;
  readonly onEdit: () => void;
}

/** A tile as one reads it; pressing anywhere on it edits the plan of its channel. */
export function SlotReading({ half, channel, status, pump, onEdit }: SlotReadingProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const mayEdit = useMay('admin');
  const reasonText = useReasonText();
  const scheduleText = useScheduleText();
  const ml = (value: number) => (value === 0 ? '–' : format.ml(value));
  const slot = status[half];
  return (
    <>
      <Facts
        facts={[
          [t('dosingUnit.weekly'), ml(channel.weekly_dosing_value)],
          [t('dosingUnit.single'), ml(channel.single_dose_volume)],
          [
            t('dosingUnit.duration'),
            channel.dosing_duration === 0 ? '–' : `${format.number(channel.dosing_duration)} s`,
          ],
          [t('dosingUnit.days'), scheduleText(channel.weekly_schedule)],
          [t('dosingUnit.today'), format.ml(status.dosed_today_ml)],
        ]}
      />
      {slot.status === 'active' && pump?.current_dose && <DoseProgress dose={pump.current_dose} />}
      {slot.reason !== null && <p className={styles.why}>{reasonText(slot)}</p>}
      {status.calibration_run_id !== null && <p className={styles.why}>{t('dosingUnit.measureWaits')}</p>}
      <p className={styles.soft}>
        <Link href={`/pumps/${status.pump_id}`}>{status.name}</Link>
      </p>
      {mayEdit && pump && (
        <button
          type="button"
          className={styles.edit}
          aria-label={t(`dosingUnit.edit.${half}`, { id: channel.id })}
          onClick={onEdit}
        >
          <Pencil aria-hidden size={16} />
        </button>
      )}
    </>
  );
}
