import type { Pump } from '@perista/protocol/api';
import { Check } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/Button.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import { TextField } from '../../design/Field.tsx';
import { useFormat } from '../../format/format.ts';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { typedAmount } from '../containers/read-amount.ts';
import { type LimitsDraft, limitsOf, patchOf, readLimit, slipOf, UNITS, useLimitText } from './limits-draft.ts';
import styles from './Settings.module.css';
import { useSaveLimits } from './setting-queries.ts';

/** Changes what a pump may give at most. */
export function LimitsDialog({ pump, onClose }: { pump: Pump; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const { t: s } = useTranslation('settings');
  const format = useFormat();
  const limitText = useLimitText();
  const [draft, setDraft] = useState<LimitsDraft>({});
  const save = useSaveLimits(pump.id, onClose);
  const patch = patchOf(pump, draft);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (patch !== null && !save.isPending) save.mutate(patch);
  };
  return (
    <Dialog title={s('limits.changeTitle', { pump: pump.name })} onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate>
        {limitsOf(pump).map(([name, now]) => {
          const text = draft[name] ?? typedAmount(now, i18n.language);
          const read = draft[name] === undefined ? now : readLimit(text);
          const slip = slipOf(now, read);
          const value = limitText(name, now);
          const problem = typeof read === 'string' ? read : null;
          return (
            <TextField
              key={name}
              label={s(`limits.${name}`)}
              unit={UNITS[name]}
              inputMode="decimal"
              autoComplete="off"
              value={text}
              hint={
                slip === null
                  ? s('limits.now', { value })
                  : s('limits.tenfold', { value, times: format.number(slip, 0) })
              }
              error={
                problem === null ? undefined : problem === 'empty' ? s('limits.empty') : t(`doseForm.wrong.${problem}`)
              }
              onChange={({ target }) => setDraft({ ...draft, [name]: target.value })}
            />
          );
        })}
        <MutationProblem of={[save]} />
        <DialogActions>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" look="primary" icon={Check} busy={save.isPending} disabled={patch === null}>
            {s('limits.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
