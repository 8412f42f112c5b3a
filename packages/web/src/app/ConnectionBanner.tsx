import { PlugZap } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { invalidate } from '../api/queries.ts';
import { Banner } from '../design/Banner.tsx';
import { Button } from '../design/Button.tsx';
import { useFormat } from '../format/format.ts';
import { useLive, useNowMs } from '../live/live.ts';

/** Says that what stands below is old, how old, and what goes on meanwhile. */
export function ConnectionBanner() {
  const { t } = useTranslation();
  const format = useFormat();
  const { connection } = useLive();
  const nowMs = useNowMs(connection.kind === 'lost');
  if (connection.kind === 'closed') {
    return (
      <Banner
        tone="danger"
        icon={PlugZap}
        urgent
        action={<Button onClick={() => invalidate('session')}>{t('connection.again')}</Button>}
      >
        {t(`connection.closed.${connection.reason}`)}
      </Banner>
    );
  }
  if (connection.kind !== 'lost') return null;
  const ageS = Math.max(0, Math.round(((nowMs ?? connection.sinceMs) - connection.sinceMs) / 1000));
  return (
    <Banner tone="danger" icon={PlugZap} urgent>
      <strong>{t('connection.lost')}</strong>{' '}
      <span aria-hidden>{t('connection.stale', { age: format.duration(ageS) })}</span> {t('connection.meanwhile')}
    </Banner>
  );
}
