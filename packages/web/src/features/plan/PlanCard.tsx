import type { Plan, Pump } from '@perista/protocol/api';
import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Banner } from '../../design/Banner.tsx';
import { Card } from '../../design/Card.tsx';
import { SelectField } from '../../design/Field.tsx';
import { useProblemText } from '../../errors/problem-text.ts';
import { plan } from '../../i18n/en/plan.ts';
import { addEnglish } from '../../i18n/i18n.ts';
import styles from './Plan.module.css';
import { PlanLegend } from './PlanLegend.tsx';
import { PlanNotices } from './PlanNotices.tsx';
import { PlanTimeline } from './PlanTimeline.tsx';
import { planNotices } from './plan-notices.ts';
import { usePlan } from './plan-queries.ts';
import { usePlanWords } from './use-plan-words.ts';

addEnglish('plan', plan);

const SPANS = [7, 14, 30, 90];
const FIRST_SPAN = 14;

/** What the calendar will do in the coming days, if nothing else happens. */
export function PlanCard({ pumps }: { pumps: readonly Pump[] }) {
  const { t } = useTranslation();
  const { t: p } = useTranslation('plan');
  const problemText = useProblemText();
  const [span, setSpan] = useState(FIRST_SPAN);
  const plan = usePlan(span);
  return (
    <Card
      title={p('title')}
      side={
        <SelectField label={p('span')} value={span} onChange={(event) => setSpan(Number(event.target.value))}>
          {SPANS.map((count) => (
            <option key={count} value={count}>
              {t('history.days', { count })}
            </option>
          ))}
        </SelectField>
      }
    >
      {plan.error !== null && (
        <Banner tone="danger" icon={TriangleAlert}>
          {problemText(plan.error)}
        </Banner>
      )}
      {plan.data === undefined ? (
        plan.error === null && (
          <p className={styles.waiting} role="status">
            {t('connection.loading')}
          </p>
        )
      ) : (
        <Foreseen plan={plan.data} pumps={pumps} />
      )}
    </Card>
  );
}

function Foreseen({ plan, pumps }: { plan: Plan; pumps: readonly Pump[] }) {
  const { t: p, i18n } = useTranslation('plan');
  const words = usePlanWords(pumps, plan.doses);
  const asked = new Set(plan.doses.map(({ pump_id }) => pump_id));
  const idle = pumps.filter(({ id }) => !asked.has(id)).map(({ name }) => name);
  const names = new Intl.ListFormat(i18n.language).format(idle);
  return (
    <>
      <PlanNotices notices={planNotices(plan)} words={words} />
      {plan.doses.length === 0 ? (
        <p className={styles.none}>{p('none')}</p>
      ) : (
        <>
          <PlanTimeline plan={plan} doses={plan.doses} pumps={pumps} words={words}>
            <PlanLegend plan={plan} doses={plan.doses} />
          </PlanTimeline>
          {idle.length > 0 && <p className={styles.none}>{p('idle', { pumps: names })}</p>}
        </>
      )}
    </>
  );
}
