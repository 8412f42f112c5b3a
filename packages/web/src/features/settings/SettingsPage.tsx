import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session-context.tsx';
import { Banner } from '../../design/Banner.tsx';
import { useProblemText } from '../../errors/problem-text.ts';
import { settings as words } from '../../i18n/en/settings.ts';
import { addEnglish } from '../../i18n/i18n.ts';
import { ElsewhereCard } from './ElsewhereCard.tsx';
import { LimitsCard } from './LimitsCard.tsx';
import { RestartBanner } from './RestartBanner.tsx';
import { SettingsForm } from './SettingsForm.tsx';
import { useSettings } from './setting-queries.ts';

addEnglish('settings', words);

/** What can be set while the unit runs. */
export function SettingsPage() {
  const { t } = useTranslation();
  const { t: s } = useTranslation('settings');
  const problemText = useProblemText();
  const isAdmin = useMay('admin');
  const settings = useSettings();
  return (
    <>
      <h1>{s('title')}</h1>
      {!isAdmin && <p>{s('viewer')}</p>}
      {settings.data && <RestartBanner settings={settings.data} />}
      {settings.error !== null && (
        <Banner tone="danger" icon={TriangleAlert}>
          {problemText(settings.error)}
        </Banner>
      )}
      {settings.data ? <SettingsForm settings={settings.data.items} /> : <p role="status">{t('connection.loading')}</p>}
      <LimitsCard />
      <ElsewhereCard />
    </>
  );
}
