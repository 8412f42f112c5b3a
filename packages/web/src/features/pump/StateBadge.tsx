import type { PumpStateName } from '@perista/protocol/api';
import {
  Ban,
  CircleDot,
  CirclePause,
  Droplets,
  Hourglass,
  type LucideIcon,
  OctagonX,
  Scale,
  TriangleAlert,
  Waves,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import styles from './StateBadge.module.css';

const ICONS: Readonly<Record<PumpStateName, LucideIcon>> = {
  idle: CircleDot,
  queued: Hourglass,
  running: Droplets,
  calibrating: Scale,
  priming: Waves,
  stopped: OctagonX,
  blocked: Ban,
  fault: TriangleAlert,
  disabled: CirclePause,
};

/** What a pump is at: colour, icon and word, since colour alone tells not everybody. */
export function StateBadge({ state }: { state: PumpStateName }) {
  const { t } = useTranslation();
  const Icon = ICONS[state];
  return (
    <span className={styles.badge} style={{ color: `var(--state-${state})` }} data-state={state}>
      <Icon aria-hidden size={16} />
      {t(`state.${state}`)}
    </span>
  );
}
