import type { Pump } from '@perista/protocol/api';
import { Droplets } from 'lucide-react';
import { type KeyboardEvent, type SubmitEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session-context.tsx';
import { Button } from '../../design/Button.tsx';
import { Card } from '../../design/Card.tsx';
import { TextField } from '../../design/Field.tsx';
import { useFormat } from '../../format/format.ts';
import { DirectionField } from './DirectionField.tsx';
import styles from './DoseForm.module.css';
import { DoseOutlook } from './DoseOutlook.tsx';
import { type DoseDraft, EMPTY_DRAFT, lookAhead, suspiciousFactor } from './dose-draft.ts';
import { OrderNews } from './OrderNews.tsx';
import { TenfoldDialog } from './TenfoldDialog.tsx';
import { type PostOrder, useDoseOrder } from './use-dose-order.ts';

/** Orders a dose. It shows rate, time and what it leaves of caps and container before anything is sent. */
export function DoseForm({ pump }: { pump: Pump }) {
  const { t } = useTranslation();
  const mayDose = useMay('operator');
  return (
    <Card title={t('doseForm.title')}>
      {mayDose ? <OrderForm pump={pump} /> : <p className={styles.soft}>{t('doseForm.viewer')}</p>}
    </Card>
  );
}

interface OrderFormProps {
  readonly pump: Pump;
  /** Stands in it at first. */
  readonly volume?: string;
  readonly post?: PostOrder;
}

/** The order itself. A pump behind a relay knows one rate and one direction, so its volume is all there is to say. */
export function OrderForm({ pump, volume = '', post }: OrderFormProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { state, send, forget } = useDoseOrder(pump.id, post);
  const [draft, setDraft] = useState<DoseDraft>({ ...EMPTY_DRAFT, volume });
  const [isChecked, setIsChecked] = useState(false);
  const [doubt, setDoubt] = useState<{ factor: number; lastMl: number } | null>(null);
  const volumeField = useRef<HTMLInputElement>(null);
  const durationField = useRef<HTMLInputElement>(null);

  const outlook = lookAhead(draft, pump);
  const errorOf = (field: 'volume' | 'duration') =>
    isChecked && outlook.kind === 'unreadable' && outlook.field === field
      ? t(`doseForm.wrong.${outlook.problem}`)
      : undefined;
  const change = (part: Partial<DoseDraft>) => {
    setDraft({ ...draft, ...part });
    forget();
  };

  const give = () => {
    if (outlook.kind !== 'ready') return;
    setDoubt(null);
    setIsChecked(false);
    setDraft(EMPTY_DRAFT);
    void send(outlook.request);
  };

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (state.kind === 'sending' || state.kind === 'unknown') return;
    setIsChecked(true);
    if (outlook.kind === 'unreadable') {
      return (outlook.field === 'volume' ? volumeField : durationField).current?.focus();
    }
    if (outlook.kind !== 'ready') return volumeField.current?.focus();
    const lastMl = pump.last_dose?.requested_ml;
    const factor = suspiciousFactor(outlook.request.volume_ml, lastMl);
    if (factor !== null && lastMl !== undefined) return setDoubt({ factor, lastMl });
    give();
  };

  return (
    <form className={styles.form} onSubmit={submit} onKeyDown={ignoreHeldEnter} noValidate>
      <div className={styles.fields}>
        <TextField
          ref={volumeField}
          label={t('doseForm.volume')}
          unit="ml"
          inputMode="decimal"
          autoComplete="off"
          required
          value={draft.volume}
          onChange={(event) => change({ volume: event.target.value })}
          error={errorOf('volume')}
          hint={t('doseForm.volumeHint', {
            least: format.ml(pump.min_dose_ml),
            most: format.ml(pump.limits.single_ml),
          })}
        />
        {pump.hardware.kind !== 'relay' && (
          <>
            <TextField
              ref={durationField}
              label={t('doseForm.duration')}
              unit="s"
              inputMode="decimal"
              autoComplete="off"
              value={draft.duration}
              onChange={(event) => change({ duration: event.target.value })}
              error={errorOf('duration')}
              hint={t('doseForm.durationHint')}
            />
            <DirectionField value={draft.direction} onChange={(direction) => change({ direction })} />
          </>
        )}
      </div>
      <DoseOutlook outlook={outlook} pump={pump} isChecked={isChecked} />
      <OrderNews state={state} onAgain={send} />
      <Button
        type="submit"
        look="primary"
        size="large"
        icon={Droplets}
        busy={state.kind === 'sending' || state.kind === 'unknown'}
      >
        {outlook.kind === 'ready'
          ? t('doseForm.give', { volume: format.orderedMl(outlook.request.volume_ml) })
          : t('doseForm.giveNothing')}
      </Button>
      {doubt && outlook.kind === 'ready' && (
        <TenfoldDialog
          volumeMl={outlook.request.volume_ml}
          {...doubt}
          onGive={give}
          onClose={() => {
            setDoubt(null);
            volumeField.current?.focus();
          }}
        />
      )}
    </form>
  );
}

/** A key that is held down repeats itself; that is one wish, not many. */
function ignoreHeldEnter(event: KeyboardEvent): void {
  if (event.key === 'Enter' && event.repeat) event.preventDefault();
}
