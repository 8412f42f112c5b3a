import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { makeFormat } from '../../format/format.ts';
import { zoneNameAt } from '../../format/zone-name.ts';
import { useNowMs } from '../../live/live.ts';
import { isZone } from '../schedules/browser-zone.ts';
import styles from './Settings.module.css';

/** What time it is in a zone, so that one sees whether it is the right one. */
export function ZonePreview({ zone }: { zone: string }) {
  const { t: s, i18n } = useTranslation('settings');
  const nowMs = useNowMs(true) ?? 0;
  const format = useMemo(() => (isZone(zone) ? makeFormat(i18n.language, zone) : null), [i18n.language, zone]);
  if (format === null) return null;
  const now = new Date(nowMs).toISOString();
  return <p className={styles.soft}>{s('zoneNow', { at: format.instant(now), name: zoneNameAt(now, zone) })}</p>;
}
