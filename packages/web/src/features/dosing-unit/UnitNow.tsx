import type { DosingStatus } from '@perista/protocol/api';
import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Banner } from '../../design/Banner.tsx';
import { Facts } from '../../design/Facts.tsx';
import { useReasonText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import { zoneNameAt } from '../../format/zone-name.ts';
import styles from './DosingUnitPage.module.css';

/** The clock that the unit doses by, what doses now, and what waits for its turn. */
export function UnitNow({ status }: { status: DosingStatus }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reasonText = useReasonText();
  const now = status.utc_time;
  const name = (id: number) => t('dosingUnit.channel', { id });
  return (
    <section className={styles.now} aria-label={t('dosingUnit.now')}>
      {!status.system_enabled && (
        <Banner tone="warn" icon={TriangleAlert}>
          <strong>{t('dosingUnit.off-by')}</strong> {status.disabled_by.map(reasonText).join(' · ')}
        </Banner>
      )}
      <Facts
        facts={[
          [t('dosingUnit.clock'), `${format.time(now)} ${zoneNameAt(now, format.zone)} · ${now.slice(11, 16)} UTC`],
          [
            t('dosingUnit.active'),
            status.active_channel === null ? t('dosingUnit.nobody') : name(status.active_channel),
          ],
          [
            t('dosingUnit.queue'),
            status.queue.length === 0
              ? t('dosingUnit.nobody')
              : status.queue.map(({ channel_id }) => name(channel_id)).join(' → '),
          ],
        ]}
      />
    </section>
  );
}
