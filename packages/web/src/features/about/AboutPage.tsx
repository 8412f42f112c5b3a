import { useTranslation } from 'react-i18next';
import { useAbout } from '../../api/queries.ts';
import { Card } from '../../design/Card.tsx';
import { Facts } from '../../design/Facts.tsx';
import { useHealthText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import { about as words } from '../../i18n/en/about.ts';
import { addEnglish } from '../../i18n/i18n.ts';
import { useLive } from '../../live/live.ts';

addEnglish('about', words);

/** Which unit this is, and where to read more. */
export function AboutPage() {
  const { t } = useTranslation('about');
  const format = useFormat();
  const healthText = useHealthText();
  const about = useAbout().data;
  const { unit } = useLive();
  const facts: readonly (readonly [string, string])[] = [
    [t('version'), about?.version ?? '–'],
    [t('doser'), about?.doser_id ?? '–'],
    [t('zone'), about?.timezone ?? '–'],
    [t('started'), about === undefined ? '–' : format.instant(about.started_at)],
    [t('hardware'), about === undefined ? '–' : t(about.emulated ? 'emulated' : 'real')],
    [t('health'), unit === null ? '–' : healthText(unit.health.reasons) || t('healthy')],
  ];
  return (
    <>
      <h1>{t('title')}</h1>
      <Card title={t('unit')}>
        <Facts facts={facts} />
      </Card>
      <Card title={t('more')}>
        <p>{t('notMedical')}</p>
        <ul>
          <li>
            <a href="/api/docs/">{t('api')}</a>
          </li>
          <li>
            <a href="/api/errors">{t('errors')}</a>
          </li>
        </ul>
      </Card>
    </>
  );
}
