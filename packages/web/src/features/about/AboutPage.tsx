import { useTranslation } from 'react-i18next';
import { useAbout } from '../../api/queries.ts';
import { Card } from '../../design/Card.tsx';
import { Facts } from '../../design/Facts.tsx';
import { useHealthText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import { useLive } from '../../live/live.ts';

/** Which unit this is, and where to read more. */
export function AboutPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const healthText = useHealthText();
  const about = useAbout().data;
  const { unit } = useLive();
  const facts: readonly (readonly [string, string])[] = [
    [t('about.version'), about?.version ?? '–'],
    [t('about.doser'), about?.doser_id ?? '–'],
    [t('about.zone'), about?.timezone ?? '–'],
    [t('about.started'), about === undefined ? '–' : format.instant(about.started_at)],
    [t('about.hardware'), about === undefined ? '–' : t(about.emulated ? 'about.emulated' : 'about.real')],
    [t('about.health'), unit === null ? '–' : healthText(unit.health.reasons) || t('about.healthy')],
  ];
  return (
    <>
      <h1>{t('about.title')}</h1>
      <Card title={t('about.unit')}>
        <Facts facts={facts} />
      </Card>
      <Card title={t('about.more')}>
        <p>{t('about.notMedical')}</p>
        <ul>
          <li>
            <a href="/api/docs/">{t('about.api')}</a>
          </li>
          <li>
            <a href="/api/errors">{t('about.errors')}</a>
          </li>
        </ul>
      </Card>
    </>
  );
}
