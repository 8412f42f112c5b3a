import { useTranslation } from 'react-i18next';
import { Button } from '../../design/Button.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import { useFormat } from '../../format/format.ts';

interface TenfoldDialogProps {
  readonly volumeMl: number;
  readonly lastMl: number;
  readonly factor: number;
  readonly onGive: () => void;
  readonly onClose: () => void;
}

/** Asks again before a dose that may be a slipped decimal. */
export function TenfoldDialog({ volumeMl, lastMl, factor, onGive, onClose }: TenfoldDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [volume, last] = [format.orderedMl(volumeMl), format.orderedMl(lastMl)];
  const times = format.number(factor >= 1 ? factor : 1 / factor, 1);
  return (
    <Dialog title={t('tenfold.title', { volume })} onClose={onClose}>
      <p>{factor >= 1 ? t('tenfold.more', { times, last }) : t('tenfold.less', { times, last })}</p>
      <DialogActions>
        <Button onClick={onClose} autoFocus>
          {t('tenfold.back')}
        </Button>
        <Button look="primary" onClick={onGive}>
          {t('doseForm.give', { volume })}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
