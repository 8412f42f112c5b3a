import type { InfusionParameters } from '@perista/core';
import type { Obstacle } from '@perista/protocol/api';
import { Info, LoaderCircle, Syringe, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { Facts } from '../../design/Facts.tsx';
import { useProblemText, useReasonText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import type { StartState } from './use-start.ts';
import styles from './Wizard.module.css';

interface ReviewStepProps {
  readonly deviceId: string;
  readonly parameters: InfusionParameters;
  readonly subject: string;
  readonly blockedBy: Obstacle | null;
  readonly isReached: boolean;
  readonly state: StartState;
  readonly onBack: () => void;
  readonly onStart: () => void;
}

/** What would be sent, in words; nothing is rounded before a yes. */
export function ReviewStep(props: ReviewStepProps) {
  const { deviceId: id, parameters, subject, blockedBy, isReached, state } = props;
  const { t } = useTranslation();
  const { t: f } = useTranslation('fleet');
  const format = useFormat();
  const problemText = useProblemText();
  const reasonText = useReasonText();
  const { flowRateMlMin, plannedTimeMin, plannedVolumeMl, bolus } = parameters;
  const exact = (value: number, unit: string) => `${format.number(value, 6)} ${unit}`;
  const [rate, volume] = [exact(flowRateMlMin, 'ml/min'), exact(plannedVolumeMl, 'ml')];
  const [time, bolusText] = [exact(plannedTimeMin, 'min'), exact(bolus.volumeMl, 'ml')];
  const isSending = state.kind === 'sending';
  return (
    <div className={styles.form}>
      <p className={styles.sentence}>
        {bolus.enabled
          ? f('wizard.review.sentenceBolus', { id, volume, rate, time, bolus: bolusText })
          : f('wizard.review.sentence', { id, volume, rate, time })}
      </p>
      <Facts
        facts={[
          [f('wizard.review.rate'), rate],
          [f('wizard.review.time'), time],
          [f('wizard.review.volume'), volume],
          [f('wizard.review.bolus'), bolus.enabled ? bolusText : f('wizard.review.noBolus')],
          [f('wizard.review.total'), exact(plannedVolumeMl + (bolus.enabled ? bolus.volumeMl : 0), 'ml')],
          [f('wizard.review.subject'), subject === '' ? f('wizard.review.noSubject') : subject],
        ]}
      />
      <Banner tone="info" icon={Info}>
        {f('wizard.review.notMedical')}
      </Banner>
      {blockedBy !== null && (
        <Banner tone="warn" icon={TriangleAlert}>
          {f('wizard.blocked', { reason: reasonText({ code: blockedBy.code, reason: blockedBy.message }) })}
        </Banner>
      )}
      {state.kind === 'refused' && (
        <Banner tone="danger" icon={TriangleAlert} urgent>
          {problemText(state.problem)}
        </Banner>
      )}
      {isSending && state.isAgain && (
        <Banner tone="warn" icon={LoaderCircle}>
          {f('wizard.again')}
        </Banner>
      )}
      {!isReached && <p role="status">{t('connection.connecting')}</p>}
      <div className={styles.actions}>
        <Button onClick={props.onBack}>{f('wizard.back')}</Button>
        <Button
          look="primary"
          size="large"
          icon={Syringe}
          busy={isSending}
          disabled={blockedBy !== null || !isReached}
          onClick={props.onStart}
          onKeyDown={(event) => event.key === 'Enter' && event.repeat && event.preventDefault()}
        >
          {f('wizard.start')}
        </Button>
      </div>
    </div>
  );
}
