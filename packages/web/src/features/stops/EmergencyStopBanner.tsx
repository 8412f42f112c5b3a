import { OctagonX } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { request } from '../../api/client.ts';
import { useMay } from '../../app/session-context.tsx';
import { Banner } from '../../design/Banner.tsx';
import { Button } from '../../design/Button.tsx';
import { useFormat } from '../../format/format.ts';
import { useLive } from '../../live/live.ts';
import { ReasonDialog } from './ReasonDialog.tsx';

/** Stands on every screen while the emergency stop is latched: who, when, why, and the way out. */
export function EmergencyStopBanner() {
  const { t } = useTranslation();
  const format = useFormat();
  const mayRelease = useMay('operator');
  const [isAsking, setIsAsking] = useState(false);
  const stop = useLive().unit?.emergency_stop;
  if (!stop?.latched) return null;
  const unproven = stop.outcome?.unproven ?? [];
  return (
    <>
      <Banner
        tone="danger"
        icon={OctagonX}
        urgent
        action={mayRelease && <Button onClick={() => setIsAsking(true)}>{t('stop.release')}</Button>}
      >
        <strong>{t('stop.banner')}</strong>{' '}
        {stop.since && t('stop.since', { at: format.instant(stop.since), actor: stop.actor ?? '–' })} {stop.reason}{' '}
        {unproven.length > 0 && <strong>{t('stop.unproven', { pumps: unproven.join(', ') })}</strong>}
      </Banner>
      {isAsking && (
        <ReasonDialog
          title={t('stop.releaseTitle')}
          text={t('stop.releaseText')}
          action={t('stop.release')}
          send={(reason) => request('DELETE', '/api/emergency-stop', { body: { reason } })}
          onClose={() => setIsAsking(false)}
        />
      )}
    </>
  );
}
