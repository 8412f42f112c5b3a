import type { Container } from '@perista/protocol/api';
import { CircleCheck, type LucideIcon, OctagonAlert, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import styles from './ContainerCondition.module.css';

const ICONS: Readonly<Record<Container['state'], LucideIcon>> = {
  ok: CircleCheck,
  low: TriangleAlert,
  empty: OctagonAlert,
};

/** Colour of the liquid, with the word beside it. */
export const TONES = { ok: 'liquid', low: 'warn', empty: 'danger' } as const;

/** How a container stands, in a word and an icon; `words` say more where there is room. */
export function ContainerCondition({ state, words }: { state: Container['state']; words?: string }) {
  const { t } = useTranslation();
  const Icon = ICONS[state];
  return (
    <span className={styles.condition} data-state={state}>
      <Icon aria-hidden size={18} />
      {words ?? t(`containers.state.${state}`)}
    </span>
  );
}
