import type {
  CalibrationRunStarted,
  ChannelCalibrated,
  ChannelStatus,
  DosingChannel,
  Pump,
} from '@perista/protocol/api';
import { useMutation } from '@tanstack/react-query';
import { CircleCheck, Square } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { request } from '../../api/client.ts';
import { invalidate } from '../../api/queries.ts';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import { TextField } from '../../design/Field.tsx';
import { useFormat } from '../../format/format.ts';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { readField } from '../dose/dose-draft.ts';
import styles from './PlanForm.module.css';

interface CalibrationDialogProps {
  readonly channel: DosingChannel;
  readonly status: ChannelStatus;
  readonly pump: Pump | undefined;
  readonly onClose: () => void;
}

const PATH = '/api/calibrate-channel';
const RUN_STATES: ReadonlySet<string> = new Set(['calibrating', 'running', 'queued']);

/** Runs a relay for 30 s and takes what was measured. Who closes it meanwhile finds the run again here. */
export function CalibrationDialog({ channel, status, pump, onClose }: CalibrationDialogProps) {
  const { t } = useTranslation(['translation', 'dosingUnit']);
  const format = useFormat();
  const [measured, setMeasured] = useState('');
  const channel_id = channel.id;
  const start = useMutation({
    mutationFn: () => request<CalibrationRunStarted>('POST', PATH, { body: { channel_id } }),
    onSuccess: () => invalidate('dosing'),
  });
  const finish = useMutation({
    mutationFn: (measured_ml: number) =>
      request<ChannelCalibrated>('POST', PATH, { body: { channel_id, measured_ml } }),
    onSuccess: () => invalidate('dosing'),
  });
  const stop = useMutation({ mutationFn: () => request('POST', `/api/pumps/${status.pump_id}/stop`) });

  const volume = readField(measured);
  const isRunning = status.state === 'calibrating' || (start.isSuccess && RUN_STATES.has(status.state));
  const canMeasure = !isRunning && status.calibration_run_id !== null && !finish.isSuccess;
  const leftS = pump?.current_dose?.progress?.remaining_s ?? status.remaining_s;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (typeof volume === 'number' && !finish.isPending) finish.mutate(volume);
  };

  return (
    <Dialog title={t('dosingUnit:calibration.title', { id: channel_id })} onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate>
        {finish.data === undefined && <p>{t('dosingUnit:calibration.text')}</p>}
        {isRunning && (
          <p role="status">
            {t('dosingUnit:calibration.runs', { time: leftS === null ? '–' : format.duration(Math.ceil(leftS)) })}
          </p>
        )}
        {canMeasure && (
          <TextField
            label={t('dosingUnit:calibration.measured')}
            unit="ml"
            inputMode="decimal"
            autoComplete="off"
            autoFocus
            value={measured}
            onChange={(event) => setMeasured(event.target.value)}
            error={typeof volume === 'number' || measured === '' ? undefined : t(`doseForm.wrong.${volume}`)}
          />
        )}
        {finish.data && (
          <Banner tone="good" icon={CircleCheck}>
            {t('dosingUnit:calibration.done', { rate: `${format.number(finish.data.dosing_rate, 4)} ml/s` })}
          </Banner>
        )}
        <MutationProblem of={[finish, start, stop]} />
        <DialogActions>
          <Button onClick={onClose}>{t('action.close')}</Button>
          {isRunning && (
            <Button look="danger" size="large" icon={Square} busy={stop.isPending} onClick={() => stop.mutate()}>
              {t('pump.stop')}
            </Button>
          )}
          {canMeasure && (
            <Button type="submit" look="primary" busy={finish.isPending} disabled={typeof volume !== 'number'}>
              {t('dosingUnit:calibration.save')}
            </Button>
          )}
          {!isRunning && !finish.isSuccess && (
            <Button look={canMeasure ? 'plain' : 'primary'} busy={start.isPending} onClick={() => start.mutate()}>
              {t(canMeasure ? 'dosingUnit:calibration.again' : 'dosingUnit:calibration.start')}
            </Button>
          )}
        </DialogActions>
      </form>
    </Dialog>
  );
}
