import type { SlotStatus } from '@perista/protocol/api';
import {
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CirclePause,
  Clock,
  Droplets,
  Hourglass,
  type LucideIcon,
  Pencil,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import styles from './SlotBadge.module.css';

/** What a tile is at; its class name. */
export type TileState = SlotStatus | 'edit-mode';

const ICONS: Readonly<Record<TileState, LucideIcon>> = {
  pending: CircleDashed,
  waiting: Hourglass,
  active: Droplets,
  completed: CircleCheck,
  missed: Clock,
  uncertain: CircleHelp,
  disabled: CirclePause,
  'edit-mode': Pencil,
};

/** Colour, icon and word, since colour alone tells not everybody. */
export function SlotBadge({ state, isPartial = false }: { state: TileState; isPartial?: boolean }) {
  const { t } = useTranslation(['translation', 'dosingUnit']);
  const Icon = ICONS[state];
  return (
    <span className={styles.badge} style={{ color: `var(--slot-${state})` }}>
      <Icon aria-hidden size={14} />
      {isPartial ? t('dosingUnit:partial') : t(`dosingUnit:slot.${state}`)}
    </span>
  );
}
