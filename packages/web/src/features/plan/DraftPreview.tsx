import type { Plan, Pump } from '@perista/protocol/api';
import { CircleCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { draftEffects, NEW_DRAFT_ID } from './draft-effects.ts';
import styles from './Plan.module.css';
import { PlanLegend } from './PlanLegend.tsx';
import { PlanNotices } from './PlanNotices.tsx';
import { PlanTimeline } from './PlanTimeline.tsx';
import { usePlan } from './plan-queries.ts';
import { usePlanWords } from './use-plan-words.ts';

export const DRAFT_DAYS = 14;

interface DraftPreviewProps {
  /** Undefined until it was told. */
  readonly plan: Plan | undefined;
  /** What is shown is of an earlier draft. */
  readonly isOld: boolean;
  /** Null for a new schedule. */
  readonly scheduleId: string | null;
  readonly isOff: boolean;
  readonly pumpId: string;
  readonly timezone: string;
  readonly pumps: readonly Pump[];
}

/** What a schedule would do in the coming days if it were saved as it stands in the form. */
export function DraftPreview(props: DraftPreviewProps) {
  const { plan, isOld, scheduleId, isOff, pumpId, timezone, pumps } = props;
  const { t: p } = useTranslation('plan');
  const standing = usePlan(DRAFT_DAYS);
  const words = usePlanWords(pumps, plan?.doses ?? []);
  const title = p('draft.title', { count: DRAFT_DAYS });
  if (plan === undefined) {
    return (
      <section aria-label={title} className={styles.draft}>
        <p className={styles.none} role="status">
          {p('draft.looking')}
        </p>
      </section>
    );
  }
  const containerId = pumps.find(({ id }) => id === pumpId)?.container.id;
  const draft = { scheduleId: scheduleId ?? NEW_DRAFT_ID, timezone, containerId };
  const { about, own, ofOwn, ofOthers } = draftEffects(plan, standing.data, draft);
  return (
    <section aria-label={title} aria-busy={isOld} className={styles.draft}>
      <strong>{title}</strong>
      {own.length === 0 ? (
        <p className={styles.none}>{p(isOff ? 'draft.off' : 'draft.none')}</p>
      ) : (
        <PlanTimeline plan={about} doses={own} pumps={pumps} words={words}>
          <PlanLegend plan={about} doses={own} />
        </PlanTimeline>
      )}
      <PlanNotices notices={ofOwn} words={words} />
      {own.length > 0 && ofOwn.length + ofOthers.length === 0 && (
        <p className={styles.fine}>
          <CircleCheck aria-hidden size={18} />
          {p('draft.fine')}
        </p>
      )}
      {ofOthers.length > 0 && (
        <>
          <strong>{p('draft.others')}</strong>
          <PlanNotices notices={ofOthers} words={words} />
        </>
      )}
    </section>
  );
}
