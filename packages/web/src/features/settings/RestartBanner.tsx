import type { Settings } from '@perista/protocol/api';
import { RotateCw } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session-context.tsx';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { Dialog, DialogActions } from '../../design/Dialog.tsx';
import { MutationProblem } from '../access/MutationProblem.tsx';
import { useRestart } from './setting-queries.ts';
import { useSettingWords } from './setting-words.ts';

/** What was saved and does not apply yet, until it does. */
export function RestartBanner({ settings }: { settings: Settings }) {
  const { t } = useTranslation();
  const { t: s } = useTranslation('settings');
  const words = useSettingWords();
  const mayRestart = useMay('admin') && settings.can_restart;
  const [isAsking, setIsAsking] = useState(false);
  const restart = useRestart();
  if (!settings.needs_restart) return null;
  const fields = settings.items.filter((each) => each.needs_restart).map(words.label);
  return (
    <>
      <Banner
        tone="warn"
        icon={RotateCw}
        action={
          mayRestart && (
            <Button busy={restart.isPending || restart.isSuccess} onClick={() => setIsAsking(true)}>
              {s('restart.now')}
            </Button>
          )
        }
      >
        {restart.isSuccess ? s('restart.under') : s('restart.needed', { fields: fields.join(', ') })}
        {!settings.can_restart && <p>{s('restart.byHand')}</p>}
      </Banner>
      <MutationProblem of={[restart]} />
      {isAsking && (
        <Dialog title={s('restart.title')} onClose={() => setIsAsking(false)}>
          <p>{s('restart.text')}</p>
          <DialogActions>
            <Button autoFocus onClick={() => setIsAsking(false)}>
              {t('action.cancel')}
            </Button>
            <Button
              look="primary"
              onClick={() => {
                setIsAsking(false);
                restart.mutate();
              }}
            >
              {s('restart.now')}
            </Button>
          </DialogActions>
        </Dialog>
      )}
    </>
  );
}
