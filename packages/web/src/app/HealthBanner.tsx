import { HeartPulse } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Banner } from '../design/Banner.tsx';
import { useHealthText } from '../errors/problem-text.ts';
import { useLive } from '../live/live.ts';

/** What ails the unit as a whole. The emergency stop has a banner of its own. */
export function HealthBanner() {
  const { t } = useTranslation();
  const healthText = useHealthText();
  const { unit } = useLive();
  if (unit === null || unit.emergency_stop.latched) return null;
  if (!unit.agent) {
    return (
      <Banner tone="danger" icon={HeartPulse}>
        <strong>{t('health.noAgent')}</strong> {t('health.noAgentAdvice')}
      </Banner>
    );
  }
  if (unit.health.status === 'ok') return null;
  return (
    <Banner tone="warn" icon={HeartPulse}>
      <strong>{t('health.degraded')}</strong> {healthText(unit.health.reasons)}
    </Banner>
  );
}
