import type { Presence } from '@perista/protocol/api';
import { CircleHelp, Clock, type LucideIcon, Radio, Unplug } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import styles from './Fleet.module.css';

const ICONS: Readonly<Record<Presence, LucideIcon>> = {
  online: Radio,
  stale: Clock,
  offline: Unplug,
  unknown: CircleHelp,
};

/** How far the numbers of a device can be believed. */
export function PresenceChip({ presence, reason }: { presence: Presence; reason?: string | null }) {
  const { t } = useTranslation('fleet');
  const Icon = ICONS[presence];
  return (
    <span className={styles.chip} data-presence={presence} title={reason ?? undefined}>
      <Icon aria-hidden size={16} />
      {t(`presence.${presence}`)}
    </span>
  );
}
