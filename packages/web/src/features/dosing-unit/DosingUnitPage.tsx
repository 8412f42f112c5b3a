import { DAY_HALVES } from '@perista/core';
import { Moon, Sun, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Banner } from '../../design/Banner.tsx';
import { useProblemText } from '../../errors/problem-text.ts';
import { useFormat } from '../../format/format.ts';
import { zoneNameAt } from '../../format/zone-name.ts';
import { useLive } from '../../live/live.ts';
import styles from './DosingUnitPage.module.css';
import { useDosingConfig, useDosingStatus } from './dosing-queries.ts';
import './dosing-unit-words.ts';
import { SlotTile } from './SlotTile.tsx';
import { UnitNow } from './UnitNow.tsx';
import { usePlanEdits } from './use-plan-edits.ts';

const TRACKS = { morning: { icon: Sun, hours: '00:00–12:00' }, evening: { icon: Moon, hours: '12:00–24:00' } } as const;

/** The weekly plan of the relay channels as two tracks side by side in time: morning and evening. */
export function DosingUnitPage() {
  const { t } = useTranslation(['translation', 'dosingUnit']);
  const format = useFormat();
  const problemText = useProblemText();
  const { pumps, connection } = useLive();
  const config = useDosingConfig();
  const status = useDosingStatus();
  const edits = usePlanEdits();
  const error = status.error ?? config.error;
  const channels = config.data?.channels.flatMap((channel) => {
    const found = status.data?.channels.find(({ id }) => id === channel.id);
    return found ? [{ channel, status: found, pump: pumps.find(({ id }) => id === found.pump_id) }] : [];
  });
  return (
    <>
      <h1>{t('dosingUnit:title')}</h1>
      {error !== null && (
        <Banner tone="danger" icon={TriangleAlert}>
          {problemText(error)}
        </Banner>
      )}
      {status.data === undefined || channels === undefined ? (
        error === null && <p role="status">{t('connection.loading')}</p>
      ) : (
        <div className={styles.unit} data-stale={connection.kind !== 'live' || error !== null || undefined}>
          <UnitNow status={status.data} />
          {channels.length === 0 && <p>{t('dosingUnit:none')}</p>}
          {DAY_HALVES.map((half) => {
            const { icon: Icon, hours } = TRACKS[half];
            return (
              <section key={half} aria-labelledby={`${half}-title`} className={styles.track}>
                <h2 id={`${half}-title`}>
                  <Icon aria-hidden size={20} /> {t(`dosingUnit:half.${half}`)} {hours}{' '}
                  <small>{zoneNameAt(status.data.utc_time, format.zone)}</small>
                </h2>
                <ul id={`${half}Track`} className={`timeline-track ${styles.tiles}`}>
                  {channels.map((one) => (
                    <SlotTile key={one.channel.id} half={half} {...one} unit={status.data} edits={edits} />
                  ))}
                </ul>
              </section>
            );
          })}
          <p className={styles.note}>{t('dosingUnit:utcNote')}</p>
        </div>
      )}
    </>
  );
}
