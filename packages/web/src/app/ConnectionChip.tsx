import { LoaderCircle, Wifi, WifiOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLive } from '../live/live.ts';
import type { Connection } from '../live/live-state.ts';
import styles from './ConnectionChip.module.css';

const ICONS = { live: Wifi, connecting: LoaderCircle, lost: WifiOff, closed: WifiOff } as const satisfies Record<
  Connection['kind'],
  unknown
>;

/** How fresh this screen is, always in sight. */
export function ConnectionChip() {
  const { t } = useTranslation();
  const { kind } = useLive().connection;
  const Icon = ICONS[kind];
  return (
    <span className={styles.chip} data-kind={kind} role="status">
      <Icon aria-hidden size={16} />
      <span>{t(`connection.chip.${kind}`)}</span>
    </span>
  );
}
