import type { DayHalf } from '@perista/core';
import type { ChannelStatus, DosingChannel, Pump } from '@perista/protocol/api';
import { Droplets, Pencil } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useMay } from '../../app/session-context.tsx';
import { Button } from '../../design/Button.tsx';
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
  /** The pump of the channel is on, and this is its tile. */
  readonly isActive: boolean;
  readonly onEdit: () => void;
  /** Where a dose by hand can be ordered. */
  readonly onDose?: (() => void) | undefined;
}

/** A tile as one reads it; pressing anywhere on it edits the plan of its channel. */
export function SlotReading({ half, channel, status, pump, isActive, onEdit, onDose }: SlotReadingProps) {
  const { t } = useTranslation(['translation', 'dosingUnit']);
  const format = useFormat();
  const mayEdit = useMay('admin');
  const mayDose = useMay('operator');
  const reasonText = useReasonText();
  const scheduleText = useScheduleText();
  const ml = (value: number) => (value === 0 ? '–' : format.ml(value));
  const slot = status[half];
  const isPlain = slot.code === null && (slot.status === 'waiting' || slot.status === 'disabled');
  const why = isPlain
    ? t(slot.status === 'waiting' ? 'dosingUnit:why.waiting' : 'dosingUnit:why.disabled')
    : reasonText(slot);
  return (
    <>
      <Facts
        facts={[
          [t('dosingUnit:weekly'), ml(channel.weekly_dosing_value)],
          [t('dosingUnit:single'), ml(channel.single_dose_volume)],
          [
            t('dosingUnit:duration'),
            channel.dosing_duration === 0 ? '–' : `${format.number(channel.dosing_duration)} s`,
          ],
          [t('dosingUnit:days'), scheduleText(channel.weekly_schedule)],
          [t('dosingUnit:today'), format.ml(status.dosed_today_ml)],
        ]}
      />
      {isActive && pump?.current_dose && <DoseProgress dose={pump.current_dose} />}
      {slot.reason !== null && <p className={styles.why}>{why}</p>}
      {status.calibration_run_id !== null && <p className={styles.why}>{t('dosingUnit:measureWaits')}</p>}
      <p className={styles.soft}>
        <Link href={`/pumps/${status.pump_id}`}>{status.name}</Link>
      </p>
      {mayDose && pump && onDose && (
        <Button
          icon={Droplets}
          className={styles.dose}
          aria-label={t('dosingUnit:doseNow.of', { id: channel.id })}
          onClick={onDose}
        >
          {t('dosingUnit:doseNow.action')}
        </Button>
      )}
      {mayEdit && pump && (
        <button
          type="button"
          className={styles.edit}
          aria-label={t(`dosingUnit:edit.${half}`, { id: channel.id })}
          onClick={onEdit}
        >
          <Pencil aria-hidden size={16} />
        </button>
      )}
    </>
  );
}
