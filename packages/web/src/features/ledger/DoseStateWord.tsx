import type { Dose } from '@perista/protocol/api';
import {
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CircleSlash,
  CircleX,
  Clock,
  ContrastIcon,
  Droplets,
  Hourglass,
  type LucideIcon,
  SkipForward,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import styles from './DoseStateWord.module.css';

type Tone = 'good' | 'warn' | 'danger' | 'soft' | 'active';

const LOOKS: Readonly<Record<Dose['state'], { icon: LucideIcon; tone: Tone }>> = {
  accepted: { icon: CircleDashed, tone: 'active' },
  queued: { icon: Hourglass, tone: 'active' },
  running: { icon: Droplets, tone: 'active' },
  done: { icon: CircleCheck, tone: 'good' },
  partial: { icon: ContrastIcon, tone: 'warn' },
  refused: { icon: CircleSlash, tone: 'warn' },
  missed: { icon: Clock, tone: 'warn' },
  skipped: { icon: SkipForward, tone: 'soft' },
  cancelled: { icon: CircleX, tone: 'soft' },
  uncertain: { icon: CircleHelp, tone: 'danger' },
};

/** How a dose stands or ended. */
export function DoseStateWord({ state }: { state: Dose['state'] }) {
  const { t } = useTranslation();
  const { icon: Icon, tone } = LOOKS[state];
  return (
    <span className={styles.word} data-tone={tone}>
      <Icon aria-hidden size={16} />
      {t(`dose.state.${state}`)}
    </span>
  );
}
