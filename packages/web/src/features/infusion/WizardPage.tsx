import type { InfusionParameters } from '@perista/core';
import { EyeOff } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { Banner } from '../../design/Banner.tsx';
import { Card } from '../../design/Card.tsx';
import { useDeviceSocket } from '../../live/useDeviceSocket.ts';
import { EMPTY_INFUSION, type InfusionDraft, leapOf, readDraft, requestOf } from './infusion-draft.ts';
import { LeapDialog } from './LeapDialog.tsx';
import { ParameterStep } from './ParameterStep.tsx';
import { ReviewStep } from './ReviewStep.tsx';
import { SubjectStep } from './SubjectStep.tsx';
import { useStart } from './use-start.ts';
import { WaitingForDeviceModal } from './WaitingForDeviceModal.tsx';
import styles from './Wizard.module.css';
import '../fleet/fleet-words.ts';

const STEPS = ['subject', 'parameters', 'review'] as const;
type Step = (typeof STEPS)[number];

/** From whom it is for to a device that runs: three steps, then the wait for the device. */
export function WizardPage({ deviceId }: { deviceId: string }) {
  const { t } = useTranslation('fleet');
  const [, go] = useLocation();
  const { device, refusal, link, broker } = useDeviceSocket(deviceId);
  const [step, setStep] = useState<Step>('subject');
  const [draft, setDraft] = useState<InfusionDraft>(EMPTY_INFUSION);
  const [isDoubted, setIsDoubted] = useState(false);
  const { state, send, forget } = useStart(deviceId);
  const heading = useFocusOnStep(step);
  const reading = readDraft(draft);
  const { parameters } = reading;
  const leap = parameters === null ? null : leapOf(parameters, device?.infusion?.parameters ?? null);
  const [isLeaving, setIsLeaving] = useState(false);
  const toDevice = useCallback(() => {
    forget();
    setIsLeaving(true);
  }, [forget]);
  // A page that comes while the dialog is still open could not take the focus.
  useEffect(() => {
    if (isLeaving) go(`/devices/${deviceId}`);
  }, [isLeaving, go, deviceId]);
  const start = (asked: InfusionParameters) => send(requestOf(draft, asked));

  return (
    <>
      <h1>{t('wizard.title', { id: deviceId })}</h1>
      <ol className={styles.steps} aria-label={t('wizard.steps')}>
        {STEPS.map((name) => (
          <li key={name} aria-current={name === step ? 'step' : undefined}>
            {t(`wizard.step.${name}`)}
          </li>
        ))}
      </ol>
      {refusal !== null && (
        <Banner tone="danger" icon={EyeOff} urgent>
          {t('refused', { reason: refusal.message })}
        </Banner>
      )}
      <Card
        title={
          <span ref={heading} tabIndex={-1}>
            {t(`wizard.step.${step}`)}
          </span>
        }
        side={<Link href={`/devices/${deviceId}`}>{deviceId}</Link>}
      >
        {step === 'subject' && (
          <SubjectStep
            subject={draft.subject}
            onChange={(subject) => setDraft({ ...draft, subject })}
            onNext={() => setStep('parameters')}
          />
        )}
        {step === 'parameters' && (
          <ParameterStep
            draft={draft}
            reading={reading}
            onChange={(part) => setDraft({ ...draft, ...part })}
            onBack={() => setStep('subject')}
            onNext={() => (leap === null ? setStep('review') : setIsDoubted(true))}
          />
        )}
        {step === 'review' && parameters !== null && (
          <ReviewStep
            deviceId={deviceId}
            parameters={parameters}
            subject={draft.subject.trim()}
            blockedBy={state.kind === 'started' ? null : (device?.startBlockedBy ?? null)}
            isReached={link === 'live' && broker.connected && device !== null}
            state={state}
            onBack={() => setStep('parameters')}
            onStart={() => start(parameters)}
          />
        )}
      </Card>
      {isDoubted && leap !== null && (
        <LeapDialog
          leap={leap}
          onClose={() => setIsDoubted(false)}
          onGo={() => {
            setIsDoubted(false);
            setStep('review');
          }}
        />
      )}
      {state.kind === 'started' && (
        <WaitingForDeviceModal
          key={state.started.command.commandId}
          started={state.started}
          onRunning={toDevice}
          onLeave={toDevice}
          onBack={() => {
            forget();
            setDraft(draftOf(draft, state.started.infusion.parameters));
            setStep('parameters');
          }}
          onRetry={() => {
            const asked = state.started.infusion.parameters;
            if (asked !== null) start(asked);
          }}
        />
      )}
    </>
  );
}

/** After a reload the form is empty: what was asked for comes back from the start itself. */
function draftOf(draft: InfusionDraft, asked: InfusionParameters | null): InfusionDraft {
  if (asked === null || draft.flowRateMlMin !== '' || draft.plannedVolumeMl !== '') return draft;
  return {
    ...draft,
    flowRateMlMin: String(asked.flowRateMlMin),
    plannedTimeMin: String(asked.plannedTimeMin),
    hasBolus: asked.bolus.enabled,
    bolusVolumeMl: asked.bolus.enabled ? String(asked.bolus.volumeMl) : '',
  };
}

/** Whoever cannot see the step change hears of it. */
function useFocusOnStep(step: Step) {
  const heading = useRef<HTMLSpanElement>(null);
  const shown = useRef(step);
  useEffect(() => {
    if (shown.current === step) return;
    shown.current = step;
    heading.current?.focus();
  }, [step]);
  return heading;
}
