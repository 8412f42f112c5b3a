import type { Container, RefillRequest } from '@perista/protocol/api';
import { CircleCheck } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import { SelectField, TextField } from '../../design/Field.tsx';
import { useFormat } from '../../format/format.ts';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { readField } from '../dose/dose-draft.ts';
import styles from './Containers.module.css';
import { useRefill } from './container-queries.ts';
import { readAmount } from './read-amount.ts';
import { useDeviationText } from './use-deviation-text.ts';

interface RefillDialogProps {
  readonly container: Container;
  readonly act: 'refill' | 'measure';
  readonly onClose: () => void;
}

/** Takes what was added, what was measured to be left, or both, and says what that means for the calibration. */
export function RefillDialog({ container, act, onClose }: RefillDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const deviationText = useDeviationText();
  const [how, setHow] = useState<'added' | 'full'>('added');
  const [added, setAdded] = useState('');
  const [rest, setRest] = useState('');
  const refill = useRefill(container.id);
  const [addedMl, restMl] = [readField(added), readAmount(rest)];
  const name = container.product;

  const capacity = format.ml(container.capacity_ml);
  const beforeMl = typeof restMl === 'number' ? restMl : container.level_ml;
  const totalMl = act === 'refill' && how === 'added' && typeof addedMl === 'number' ? beforeMl + addedMl : 0;
  const restOver = beforeMl > container.capacity_ml ? t('containers.rule.restOver', { capacity }) : undefined;
  const addedOver =
    totalMl > container.capacity_ml
      ? t('containers.rule.capacity', { capacity, total: format.ml(totalMl) })
      : undefined;
  const typed = entryOf({ act, how, addedMl, restMl, hasRest: rest.trim() !== '' });
  const entry = restOver === undefined && addedOver === undefined ? typed : null;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (entry !== null && !refill.isPending) refill.mutate(entry);
  };
  const wrong = (read: number | string, text: string) =>
    typeof read === 'number' || text === '' ? undefined : t(`doseForm.wrong.${read as 'empty'}`);

  if (refill.data !== undefined) {
    const { level_ml, deviation } = refill.data;
    return (
      <Dialog title={t(`containers.${act}Title`, { name })} onClose={onClose}>
        <Banner tone="good" icon={CircleCheck}>
          {t('containers.done', { level: format.ml(level_ml) })}
          {deviation !== null && <p>{deviationText(deviation)}</p>}
        </Banner>
        <DialogActions>
          <Button look="primary" autoFocus onClick={onClose}>
            {t('action.close')}
          </Button>
        </DialogActions>
      </Dialog>
    );
  }
  return (
    <Dialog title={t(`containers.${act}Title`, { name })} onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <p>
          {t('containers.booked', {
            level: format.ml(container.level_ml),
            capacity: format.ml(container.capacity_ml),
          })}
        </p>
        {act === 'measure' && <p>{t('containers.measureText')}</p>}
        {act === 'refill' && (
          <SelectField
            label={t('containers.howMuch')}
            value={how}
            onChange={(event) => setHow(event.target.value === 'full' ? 'full' : 'added')}
          >
            <option value="added">{t('containers.added')}</option>
            <option value="full">{t('containers.full')}</option>
          </SelectField>
        )}
        {act === 'refill' && how === 'added' && (
          <TextField
            label={t('containers.added')}
            unit="ml"
            inputMode="decimal"
            autoComplete="off"
            autoFocus
            value={added}
            onChange={(event) => setAdded(event.target.value)}
            error={wrong(addedMl, added) ?? addedOver}
          />
        )}
        <TextField
          label={act === 'measure' ? t('containers.rest') : t('containers.restOptional')}
          unit="ml"
          inputMode="decimal"
          autoComplete="off"
          autoFocus={act === 'measure'}
          value={rest}
          onChange={(event) => setRest(event.target.value)}
          error={wrong(restMl, rest) ?? restOver}
        />
        <MutationProblem of={[refill]} />
        <DialogActions>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" look="primary" busy={refill.isPending} disabled={entry === null}>
            {t('containers.enter')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface Typed {
  readonly act: RefillDialogProps['act'];
  readonly how: 'added' | 'full';
  readonly addedMl: number | string;
  readonly restMl: number | string;
  readonly hasRest: boolean;
}

/** What would be sent; null while something is missing or cannot be read. */
function entryOf({ act, how, addedMl, restMl, hasRest }: Typed): RefillRequest | null {
  if ((hasRest || act === 'measure') && typeof restMl !== 'number') return null;
  const rest = typeof restMl === 'number' && hasRest ? { rest_ml: restMl } : {};
  if (act === 'measure') return rest;
  if (how === 'full') return { ...rest, full: true };
  return typeof addedMl === 'number' ? { ...rest, added_ml: addedMl } : null;
}
