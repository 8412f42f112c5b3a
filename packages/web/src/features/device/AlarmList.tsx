import type { DeviceAlarm } from '@perista/protocol/api';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session-context.tsx';
import { Button } from '../../design/Button.tsx';
import { useFormat } from '../../format/format.ts';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { AlarmMark } from '../fleet/AlarmMark.tsx';
import { byUrgency } from '../fleet/fleet-order.ts';
import { useAcknowledge } from '../fleet/fleet-queries.ts';
import styles from './Device.module.css';

/** What somebody has to know, the worst first. Seen is not solved: an alarm that holds stays until its cause is gone. */
export function AlarmList({ alarms }: { alarms: readonly DeviceAlarm[] }) {
  const { t } = useTranslation('fleet');
  const format = useFormat();
  const mayAct = useMay('operator');
  const acknowledge = useAcknowledge();
  const stateOf = ({ state, acknowledgedBy, acknowledgedAt }: DeviceAlarm) => {
    const at = acknowledgedAt === null ? '' : format.instant(acknowledgedAt);
    return t(`alarms.state.${state}`, { user: acknowledgedBy ?? '', at });
  };
  return (
    <section className={styles.alarms} aria-label={t('alarms.title')} role="alert">
      <MutationProblem of={[acknowledge]} />
      {byUrgency(alarms).map((alarm) => (
        <div key={alarm.alarmId} className={styles.alarm} data-priority={alarm.priority} data-state={alarm.state}>
          <AlarmMark alarm={alarm} />
          <p>
            {alarm.message}{' '}
            <span className={styles.soft}>
              {stateOf(alarm)}, {t('alarms.since', { at: format.instant(alarm.raisedAt) })}
            </span>
          </p>
          {mayAct && alarm.state !== 'acknowledged' && (
            <Button busy={acknowledge.isPending} onClick={() => acknowledge.mutate(alarm.alarmId)}>
              {t('alarms.acknowledge')}
            </Button>
          )}
        </div>
      ))}
    </section>
  );
}
