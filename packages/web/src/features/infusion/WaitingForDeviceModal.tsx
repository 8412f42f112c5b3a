import type { DeviceCommand, InfusionStarted } from '@perista/protocol/api';
import { Circle, CircleCheck, CircleDashed, LoaderCircle, type LucideIcon, WifiOff } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import { useNowMs } from '../../live/live.ts';
import type { StartOutcome } from '../../live/start-outcome.ts';
import { socketService, useDeviceSocket } from '../../live/useDeviceSocket.ts';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { useOrder } from '../fleet/fleet-queries.ts';
import { StopInModal } from './StopInModal.tsx';
import styles from './Waiting.module.css';
import { STAGES, type StageMark, stageMarks } from './waiting-stages.ts';

interface WaitingForDeviceModalProps {
  readonly started: InfusionStarted;
  /** The device runs it. */
  readonly onRunning: () => void;
  /** It was called off, rejected, or nobody knows: back to what was typed, which is kept. */
  readonly onBack: () => void;
  /** A new start of the same parameters. */
  readonly onRetry: () => void;
  /** To the device, whatever became of the start. */
  readonly onLeave: () => void;
}

/** Waits for the device, and says at each moment what is known; closes by itself when the device runs. */
export function WaitingForDeviceModal(props: WaitingForDeviceModalProps) {
  const { started, onRunning } = props;
  const { deviceId } = started.infusion;
  const { t } = useTranslation('fleet');
  const view = useDeviceSocket(deviceId);
  const outcome = useOutcome(deviceId, started.command.commandId);
  const command = useCommand(started.command, view.device?.commands ?? []);
  useEffect(() => {
    if (outcome?.kind === 'running') onRunning();
  }, [outcome, onRunning]);
  return (
    <Dialog title={t('waiting.title', { id: deviceId })} onClose={props.onLeave}>
      {view.link === 'lost' && (
        <Banner tone="danger" icon={WifiOff} urgent>
          {t('waiting.lost')}
        </Banner>
      )}
      <Stages command={command} isRunning={outcome?.kind === 'running'} isPlain={view.device?.dialect === 'v0'} />
      {outcome === null ? (
        <Waiting command={command} clockOffsetMs={view.clockOffsetMs} deviceId={deviceId} />
      ) : (
        <Outcome outcome={outcome} {...props} />
      )}
    </Dialog>
  );
}

/** Follows the start until its fate is known, and on: what was unanswered may be answered late. */
function useOutcome(deviceId: string, commandId: string): StartOutcome | null {
  const [outcome, setOutcome] = useState<StartOutcome | null>(null);
  const { device } = useDeviceSocket(deviceId);
  const state = device?.infusion?.commandId === commandId ? device.infusion.state : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each state of the infusion is a new fate to wait for
  useEffect(() => {
    const leave = new AbortController();
    socketService.waitForConfirmation(deviceId, commandId, leave.signal).then(setOutcome, () => {});
    return () => leave.abort();
  }, [deviceId, commandId, state]);
  return outcome;
}

/** The start as last told. One that is over is not listed any more: what was told last of it stands. */
function useCommand(first: DeviceCommand, commands: readonly DeviceCommand[]): DeviceCommand {
  const last = useRef(first);
  last.current = commands.find(({ commandId }) => commandId === first.commandId) ?? last.current;
  return last.current;
}

const ICONS: Readonly<Record<StageMark, LucideIcon>> = {
  done: CircleCheck,
  now: LoaderCircle,
  next: Circle,
  skipped: CircleDashed,
};

interface StagesProps {
  readonly command: DeviceCommand;
  readonly isRunning: boolean;
  readonly isPlain: boolean;
}

function Stages({ command, isRunning, isPlain }: StagesProps) {
  const { t } = useTranslation('fleet');
  const marks = stageMarks(command, isRunning ? { state: 'running' } : null, isPlain);
  return (
    <ol className={styles.stages} aria-label={t('waiting.stages')}>
      {STAGES.map((stage) => {
        const mark = marks[stage];
        const Icon = ICONS[mark];
        return (
          <li key={stage} data-mark={mark} data-stage={stage} aria-current={mark === 'now' ? 'step' : undefined}>
            <Icon aria-hidden size={20} />
            {t(`waiting.stage.${stage}`)}
            <span className={mark === 'skipped' ? styles.soft : 'visually-hidden'}>{t(`waiting.mark.${mark}`)}</span>
          </li>
        );
      })}
    </ol>
  );
}

interface WaitingProps {
  readonly command: DeviceCommand;
  readonly clockOffsetMs: number;
  readonly deviceId: string;
}

/** Seconds at which those who listen are told how much is left. */
const ANNOUNCED = [30, 10, 0];

function Waiting({ command, clockOffsetMs, deviceId }: WaitingProps) {
  const { t } = useTranslation();
  const { t: f } = useTranslation('fleet');
  const nowMs = useNowMs(true) ?? 0;
  const order = useOrder(deviceId);
  const leftS =
    command.waitUntil === null
      ? null
      : Math.max(0, Math.ceil((Date.parse(command.waitUntil) - nowMs - clockOffsetMs) / 1000));
  const announced = leftS === null ? undefined : ANNOUNCED.findLast((seconds) => leftS <= seconds);
  return (
    <>
      <p aria-hidden className={styles.countdown}>
        {leftS === null ? '' : f('waiting.left', { seconds: leftS })}
      </p>
      <p className="visually-hidden" role="status">
        {announced === undefined
          ? ''
          : announced === 0
            ? f('waiting.over')
            : f('waiting.announce', { seconds: announced })}
      </p>
      <MutationProblem of={[order]} />
      <DialogActions>
        <StopInModal deviceId={deviceId} />
        <Button autoFocus busy={order.isPending} onClick={() => order.mutate('CANCEL')}>
          {t('action.cancel')}
        </Button>
      </DialogActions>
    </>
  );
}

function Outcome({ outcome, onBack, onRetry, onLeave }: WaitingForDeviceModalProps & { outcome: StartOutcome }) {
  const { t } = useTranslation('fleet');
  const { kind, infusion } = outcome;
  const { deviceId: id, reason } = infusion;
  if (kind === 'running') return null;
  const texts: Readonly<Record<Exclude<StartOutcome['kind'], 'running'>, string>> = {
    rejected: reason === null ? t('waiting.rejected', { id }) : t('waiting.rejectedWhy', { id, reason }),
    unanswered: t('waiting.unansweredText', { id }),
    cancelled: reason === null ? t('waiting.cancelled') : t('waiting.cancelledWhy', { reason }),
    over: t('waiting.alreadyOver'),
  };
  return (
    <>
      <div role="alert">
        {kind === 'unanswered' && <strong>{t('waiting.unanswered')}</strong>}
        <p>{texts[kind]}</p>
      </div>
      <DialogActions>
        <StopInModal deviceId={id} />
        <Button onClick={onLeave}>{t('waiting.toDevice')}</Button>
        {kind !== 'over' && <Button onClick={onBack}>{t('waiting.keep')}</Button>}
        {kind === 'unanswered' && (
          <Button look="primary" onClick={onRetry}>
            {t('waiting.retry')}
          </Button>
        )}
      </DialogActions>
    </>
  );
}
