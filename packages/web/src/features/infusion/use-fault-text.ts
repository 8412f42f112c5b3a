import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/format.ts';
import type { FieldFault } from './infusion-draft.ts';

/** What is wrong with a field, naming the rule and its figures. */
export function useFaultText(): (fault: FieldFault, unit: string) => string {
  const { t } = useTranslation('fleet');
  const format = useFormat();
  return (fault, unit) => {
    const written = (value: number) => `${format.number(value, 4)} ${unit}`;
    if ('kind' in fault) return t(`wizard.wrong.${fault.kind}`);
    return fault.rule === 'range'
      ? t('wizard.wrong.range', { least: written(fault.least), most: written(fault.most) })
      : t('wizard.wrong.contradiction', { follows: written(fault.follows), value: written(fault.value) });
  };
}
