import { useTranslation } from 'react-i18next';
import { Button } from '../../design/Button.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import { useFormat } from '../../format/format.ts';
import type { Leap } from './infusion-draft.ts';

const WORDS = {
  flowRateMlMin: { name: 'rate', unit: 'ml/min' },
  plannedTimeMin: { name: 'time', unit: 'min' },
  plannedVolumeMl: { name: 'volume', unit: 'ml' },
} as const;

interface LeapDialogProps {
  readonly leap: Leap;
  readonly onGo: () => void;
  readonly onClose: () => void;
}

/** Asks again about a value that may be a slipped decimal. */
export function LeapDialog({ leap: { field, before, now }, onGo, onClose }: LeapDialogProps) {
  const { t } = useTranslation('fleet');
  const format = useFormat();
  const { name, unit } = WORDS[field];
  const written = (value: number) => `${format.number(value, 4)} ${unit}`;
  return (
    <Dialog title={t('wizard.leap.title')} onClose={onClose}>
      <p>{t('wizard.leap.text', { name: t(`wizard.${name}`), now: written(now), before: written(before) })}</p>
      <DialogActions>
        <Button autoFocus onClick={onClose}>
          {t('wizard.leap.back')}
        </Button>
        <Button look="primary" onClick={onGo}>
          {t('wizard.leap.go')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
