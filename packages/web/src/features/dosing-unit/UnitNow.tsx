import type { BlockedBy, DosingStatus } from '@perista/protocol/api';
import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session-context.tsx';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { Facts } from '../../design/Facts.tsx';
import { useReasonText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import { zoneNameAt } from '../../format/zone-name.ts';
import { MutationProblem } from '../access/MutationProblem.tsx';
import styles from './DosingUnitPage.module.css';
import { useAcceptTime, useConfirmPlan } from './dosing-queries.ts';

/** The clock that the unit doses by, what doses now, and what waits for its turn. */
export function UnitNow({ status }: { status: DosingStatus }) {
  const { t } = useTranslation(['translation', 'dosingUnit']);
  const format = useFormat();
  const now = status.utc_time;
  const name = (id: number) => t('dosingUnit:channel', { id });
  return (
    <section className={styles.now} aria-label={t('dosingUnit:now')}>
      {status.disabled_by.map((reason) => (
        <OffBy key={reason.code ?? reason.reason} reason={reason} />
      ))}
      <Facts
        facts={[
          [t('dosingUnit:clock'), `${format.time(now)} ${zoneNameAt(now, format.zone)} · ${now.slice(11, 16)} UTC`],
          [
            t('dosingUnit:active'),
            status.active_channel === null ? t('dosingUnit:nobody') : name(status.active_channel),
          ],
          [
            t('dosingUnit:queue'),
            status.queue.length === 0
              ? t('dosingUnit:nobody')
              : status.queue.map(({ channel_id }) => name(channel_id)).join(' → '),
          ],
        ]}
      />
    </section>
  );
}

/** Why nothing is dosed by plan, and what a person can do about it here. */
function OffBy({ reason }: { reason: BlockedBy }) {
  const { t } = useTranslation(['translation', 'dosingUnit']);
  const reasonText = useReasonText();
  const mayRemedy = useMay('operator');
  const [confirm, accept] = [useConfirmPlan(), useAcceptTime()];
  // Codes of an unconfirmed plan and of a clock that nobody vouches for.
  const remedies = {
    E439: { label: t('dosingUnit:confirm'), of: confirm },
    E413: { label: t('dosingUnit:acceptTime'), of: accept },
  };
  const remedy = Object.entries(remedies).find(([code]) => code === reason.code)?.[1];
  return (
    <>
      <Banner
        tone="warn"
        icon={TriangleAlert}
        action={mayRemedy && remedy && <Button onClick={() => remedy.of.mutate()}>{remedy.label}</Button>}
      >
        <strong>{t('dosingUnit:off-by')}</strong> {reasonText(reason)}
      </Banner>
      <MutationProblem of={[confirm, accept]} />
    </>
  );
}
