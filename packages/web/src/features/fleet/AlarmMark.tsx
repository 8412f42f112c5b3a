import type { DeviceAlarm } from '@perista/protocol/api';
import { Info, type LucideIcon, OctagonAlert, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import styles from './Fleet.module.css';

const ICONS: Readonly<Record<DeviceAlarm['priority'], LucideIcon>> = {
  high: OctagonAlert,
  medium: TriangleAlert,
  low: Info,
};

/** Priority of an alarm by icon, word and colour; it flashes while it holds and nobody has seen it. */
export function AlarmMark({ alarm: { priority, state } }: { alarm: Pick<DeviceAlarm, 'priority' | 'state'> }) {
  const { t } = useTranslation('fleet');
  const Icon = ICONS[priority];
  return (
    <span className={styles.mark} data-priority={priority} data-flashing={state === 'on' || undefined}>
      <Icon aria-hidden size={18} />
      {t(`alarms.priority.${priority}`)}
    </span>
  );
}
