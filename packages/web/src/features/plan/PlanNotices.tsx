import { Ban, Clock, Droplet, Hourglass, Info, type LucideIcon, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import styles from './Plan.module.css';
import type { PlanNotice } from './plan-notices.ts';
import type { PlanWords } from './use-plan-words.ts';

const LOOKS: Record<PlanNotice['kind'], readonly ['danger' | 'warn' | 'info', LucideIcon]> = {
  refused: ['danger', Ban],
  missed: ['danger', TriangleAlert],
  'runs-out': ['danger', Droplet],
  low: ['warn', Droplet],
  waits: ['warn', Hourglass],
  incomplete: ['warn', Info],
  clocks: ['info', Clock],
};

/** What somebody should know of a plan before it happens; nothing where there is nothing. */
export function PlanNotices({ notices, words }: { notices: readonly PlanNotice[]; words: PlanWords }) {
  const { t } = useTranslation('plan');
  if (notices.length === 0) return null;
  return (
    <ul className={styles.notices} aria-label={t('notices')}>
      {notices.map((notice) => {
        const [tone, Icon] = LOOKS[notice.kind];
        const text = words.notice(notice);
        return (
          <li key={text} data-tone={tone}>
            <Icon aria-hidden size={18} />
            <span>{text}</span>
          </li>
        );
      })}
    </ul>
  );
}
