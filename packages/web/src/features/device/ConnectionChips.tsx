import { CircleCheck, CircleX, Clock } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/format.ts';
import { ageS, type DeviceView } from '../../live/device-state.ts';
import { PresenceChip } from '../fleet/PresenceChip.tsx';
import styles from './Device.module.css';

/** Each link of the chain by itself, so that nobody looks for a fault where none is. */
export function ConnectionChips({ view, nowMs }: { view: DeviceView; nowMs: number }) {
  const { t } = useTranslation('fleet');
  const format = useFormat();
  const { device, broker, link } = view;
  const isReached = link === 'live';
  const age = ageS(view, nowMs);
  const isFresh = isReached && broker.connected && device?.presence === 'online';
  return (
    <dl className={styles.chips} aria-label={t('chips.label')}>
      <LinkChip name={t('chips.server')} isUp={isReached} />
      <LinkChip name={t('chips.broker')} isUp={isReached && broker.connected} why={broker.reason} />
      <div>
        <dt>{t('chips.device')}</dt>
        <dd>{device === null ? '–' : <PresenceChip presence={device.presence} reason={device.presenceReason} />}</dd>
      </div>
      <div>
        <dt>{t('chips.data')}</dt>
        <dd className={styles.link} data-up={isFresh}>
          <Clock aria-hidden size={16} />
          {age === null ? t('never') : t(isFresh ? 'age' : 'stale', { age: format.duration(Math.round(age)) })}
        </dd>
      </div>
    </dl>
  );
}

function LinkChip({ name, isUp, why }: { name: string; isUp: boolean; why?: string | null }) {
  const { t } = useTranslation('fleet');
  const Icon = isUp ? CircleCheck : CircleX;
  return (
    <div>
      <dt>{name}</dt>
      <dd className={styles.link} data-up={isUp} title={why ?? undefined}>
        <Icon aria-hidden size={16} />
        {t(isUp ? 'chips.up' : 'chips.down')}
      </dd>
    </div>
  );
}
