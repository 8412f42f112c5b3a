import type { Pump } from '@perista/protocol/api';
import { Check } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/Button.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import { SelectField, TextField } from '../../design/Field.tsx';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { isSame, lookAtPair, type Pair, type PairDraft } from './pair-draft.ts';
import styles from './Separation.module.css';
import { useChangePair } from './separation-queries.ts';

interface PairDialogProps {
  /** Null for a new one. */
  readonly pair: Pair | null;
  readonly pairs: readonly Pair[];
  readonly pumps: readonly Pump[];
  readonly onClose: () => void;
}

/** Two pumps and how long they are kept apart. */
export function PairDialog({ pair, pairs, pumps, onClose }: PairDialogProps) {
  const { t } = useTranslation();
  const { t: s } = useTranslation('separation');
  const change = useChangePair(onClose);
  const [draft, setDraft] = useState<PairDraft>(() => ({
    first: pair?.pumps[0] ?? pumps[0]?.id ?? '',
    second: pair?.pumps[1] ?? pumps[1]?.id ?? '',
    minutes: String(pair?.minutes ?? ''),
  }));
  const [isChecked, setIsChecked] = useState(false);
  const others = pairs.filter((other) => pair === null || !isSame(other, pair));
  const outlook = lookAtPair(draft, others);
  const errorOf = (field: 'second' | 'minutes') =>
    isChecked && outlook.kind === 'wrong' && outlook.field === field ? s(`wrong.${outlook.problem}`) : undefined;
  const edit = (part: Partial<PairDraft>) => {
    change.reset();
    setDraft({ ...draft, ...part });
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setIsChecked(true);
    if (outlook.kind === 'ready' && !change.isPending) change.mutate({ before: pair, after: outlook.pair });
  };
  return (
    <Dialog title={s(pair === null ? 'addTitle' : 'editTitle')} onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate>
        {(['first', 'second'] as const).map((place) => (
          <SelectField
            key={place}
            label={s(place)}
            value={draft[place]}
            onChange={(event) => edit({ [place]: event.target.value })}
            error={place === 'second' ? errorOf('second') : undefined}
          >
            {pumps.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </SelectField>
        ))}
        <TextField
          label={s('minutes')}
          unit="min"
          inputMode="numeric"
          autoComplete="off"
          hint={s('minutesHint')}
          value={draft.minutes}
          onChange={(event) => edit({ minutes: event.target.value })}
          error={errorOf('minutes')}
        />
        <MutationProblem of={[change]} />
        <DialogActions>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" look="primary" icon={Check} busy={change.isPending}>
            {s('save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
