import type { Container } from '@perista/protocol/api';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../design/Button.tsx';
import { Choices } from '../../design/Choices.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import { TextField } from '../../design/Field.tsx';
import { useFormat } from '../../format/format.ts';
import { useLive } from '../../live/live.ts';
import { MutationProblem } from '../access/MutationProblem.tsx';
import styles from './Containers.module.css';
import { useSaveContainer } from './container-queries.ts';
import { AMOUNTS, type Amount, brokenRule } from './container-rules.ts';
import { type AmountProblem, readAmount, typedAmount } from './read-amount.ts';

/** Adds a container, or changes what it is; its level changes by refills alone. */
export function ContainerForm({ container, onClose }: { container: Container | null; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { pumps } = useLive();
  const shown = (ml: number | undefined) => (ml === undefined ? '' : typedAmount(ml, i18n.language));
  const [id, setId] = useState('');
  const [product, setProduct] = useState(container?.product ?? '');
  const [amounts, setAmounts] = useState<Readonly<Record<Amount, string>>>({
    capacity: shown(container?.capacity_ml),
    level: '',
    low: shown(container?.low_ml),
    empty: shown(container?.empty_ml),
  });
  const [chosen, setChosen] = useState<readonly string[]>(container?.pumps ?? []);
  const save = useSaveContainer(container?.id ?? null, onClose);

  const fields = AMOUNTS.filter((name) => container === null || name !== 'level');
  const read = fields.map(
    (name) => [name, amounts[name].trim() === '' ? undefined : readAmount(amounts[name])] as const,
  );
  const typed: { readonly [Name in Amount]?: number | string | undefined } = Object.fromEntries(read);
  const rule = brokenRule(typed, container?.level_ml);
  const isReadable = read.every(
    ([name, value]) => typeof value === 'number' || (value === undefined && isOptional(name)),
  );
  const isWhole = isReadable && rule === null;
  const shownMl = (value: number | string | undefined) => (typeof value === 'number' ? format.ml(value) : '–');
  const ruleText = {
    capacity: shownMl(typed.capacity),
    low: shownMl(typed.low),
    level: shownMl(container?.level_ml),
  };
  const errorOf = (name: Amount, value: string | number | undefined) => {
    if (typeof value === 'string') return t(`doseForm.wrong.${value as AmountProblem}`);
    return rule?.field === name ? t(`containers.rule.${rule.name}`, ruleText) : undefined;
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!isWhole || save.isPending) return;
    const figures = read.flatMap(([name, value]) => (value === undefined ? [] : [[`${name}_ml`, value]]));
    save.mutate({
      ...(container === null && { id: id.trim() }),
      ...(product.trim() !== '' && { product: product.trim() }),
      ...Object.fromEntries(figures),
      pumps: chosen,
    });
  };
  const title =
    container === null ? t('containers.addTitle') : t('containers.changeTitle', { name: container.product });

  return (
    <Dialog title={title} onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate>
        {container === null && (
          <TextField
            label={t('containers.field.id')}
            hint={t('containers.field.idHint')}
            autoFocus
            autoComplete="off"
            maxLength={64}
            value={id}
            onChange={(event) => setId(event.target.value)}
          />
        )}
        <TextField
          label={t('containers.field.product')}
          autoComplete="off"
          maxLength={80}
          value={product}
          onChange={(event) => setProduct(event.target.value)}
        />
        {read.map(([name, value]) => (
          <TextField
            key={name}
            label={t(`containers.field.${name}`)}
            unit="ml"
            inputMode="decimal"
            autoComplete="off"
            hint={name === 'empty' ? t('containers.field.emptyHint') : undefined}
            value={amounts[name]}
            onChange={(event) => setAmounts({ ...amounts, [name]: event.target.value })}
            error={errorOf(name, value)}
          />
        ))}
        <Choices legend={t('containers.pumps')} choices={pumps} chosen={chosen} onChange={setChosen} />
        <MutationProblem of={[save]} />
        <DialogActions>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" look="primary" busy={save.isPending} disabled={!isWhole}>
            {t('action.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

/** What has a default may be left out. */
const isOptional = (name: Amount): boolean => name === 'low' || name === 'empty';
